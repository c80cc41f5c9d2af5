import { defineConfig } from "vite";

export default defineConfig({
  // Django serves the files under STATIC_URL; relative addresses keep the build free of that prefix.
  base: "./",
  build: {
    outDir: "../taizhang/static/taizhang",
    emptyOutDir: true,
    // From source name to hashed name; the templates look the names up here.
    manifest: "manifest.json",
    // The content security policy has no room for code or fonts in data: addresses.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: "src/app.js",
    },
  },
});

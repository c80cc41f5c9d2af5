// Loaded by every page. htmx first: it reads its settings from <meta name="htmx-config"> as it starts.
import "htmx.org/dist/htmx.esm.js";
import "@tabler/core/dist/js/tabler.esm.js";
import "./app.css";
import "./drafts.js";
import "./offline.js";
import "./spellings.js";
import "./dropping.js";

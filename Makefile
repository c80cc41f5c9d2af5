# Every target does its own set-up. What is already done is known by the stamps in .venv and by the built files,
# so a second run goes straight to the point.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo test check bench bundle clean lock

# More arguments for what is run: make demo ARGS="--port 9000", make test ARGS="-k import".
ARGS ?=
# The Python to make .venv with; empty: the first of python3, python3.14 … python3.11 that fits.
PYTHON ?=
export PYTHON

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --no-input
DEMO := demo

# Comparing models with migrations needs no server, and Django's remark that there is none is no finding.
NO_DATABASE := "ignore:Got an error checking a consistent migration history"

FRONT_END_SOURCES := frontend/vite.config.js $(wildcard frontend/src/*)
FRONT_END := taizhang/static/taizhang/manifest.json
NODE_MODULES := frontend/node_modules/.package-lock.json
TRANSLATIONS := $(shell find taizhang -path '*/LC_MESSAGES/*.po' 2> /dev/null)

help:
	@echo "台账 Taizhang"
	@echo
	@echo "  make demo     准备示例站点并运行          prepare the sample site and serve it"
	@echo "  make test     运行全部测试                run every test"
	@echo "  make check    检查格式、类型与层次        check format, types and layers"
	@echo "  make bench    运行性能测试                run the benchmarks (never in CI)"
	@echo "  make bundle   制作离线安装包              build what installs without internet"
	@echo "  make setup    只做安装                    only install: .venv and the front end"
	@echo "  make lock     重新锁定依赖版本（需要 uv） write the lock files anew (needs uv)"
	@echo "  make clean    删除以上各步生成的文件      remove what all of these made"
	@echo
	@echo '  附加参数 more arguments: make demo ARGS="--port 9000"    make test ARGS="-k import"'
	@echo "  需要 needs: Python 3.11-3.14, Node.js 20.19+, make"

# The front end first: it is the sooner to say what is missing.
setup: $(FRONT_END) .venv/.ready .venv/.ready-dev

demo: $(FRONT_END) .venv/.ready
	TAIZHANG_DATA="$(CURDIR)/demo-data" .venv/bin/taizhang $(DEMO) $(ARGS)

# Twice where Debian's PostgreSQL 15 is installed: what meets a database then runs on the oldest version as well.
test: setup
	$(PY) -m pytest $(ARGS)
	if [ -x /usr/lib/postgresql/15/bin/postgres ]; then TAIZHANG_TEST_SERVER=debian $(PY) -m pytest $(ARGS); fi

check: setup
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(PY) -m mypy
	.venv/bin/lint-imports
	$(PY) -W $(NO_DATABASE) -m django makemigrations --check --dry-run --settings taizhang.settings

bench: setup
	$(PY) -m bench $(ARGS)

# About 300 MB, downloaded once; make bundle ARGS="--only this" takes the running Python and processor alone.
bundle: setup
	$(PY) scripts/bundle.py $(ARGS)

lock:
	scripts/lock.sh $(ARGS)

clean:
	rm -rf .venv demo-data dist build taizhang/static frontend/node_modules
	rm -rf .cache .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find taizhang tests -name '__pycache__' -prune -exec rm -rf {} +
	find taizhang -name '*.mo' -exec rm -f {} +

.venv/.made: scripts/require.sh
	python=$$(sh scripts/require.sh python) && rm -rf .venv && "$$python" -m venv .venv
	touch $@

.venv/.locked: .venv/.made requirements/lock.txt
	$(PIP) install --quiet --require-hashes --requirement requirements/lock.txt
	touch $@

# The build asks no index: what it needs is locked and already in .venv. It compiles the translations as well.
.venv/.ready: .venv/.locked pyproject.toml hatch_build.py taizhang/__init__.py $(TRANSLATIONS)
	$(PIP) install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/.ready-dev: .venv/.ready requirements/dev.txt
	$(PIP) install --quiet --require-hashes --requirement requirements/dev.txt
	touch $@

$(NODE_MODULES): frontend/package.json frontend/package-lock.json
	sh scripts/require.sh node
	cd frontend && npm ci --no-audit --no-fund
	touch $@

$(FRONT_END): $(NODE_MODULES) $(FRONT_END_SOURCES)
	cd frontend && npm run build
	touch $@

"""The environment of a test process, loaded (`-p`) before Django reads its settings.

`./dev test` sets the addresses of throw-away services. Each xdist worker has its own database
(pytest-django does that), cache and broker keys, and indices in them, so that workers do not
disturb each other.
"""

import gc
import os

# Collecting the tests makes millions of objects that stay: by default Python looks at them for a fifth of the time.
gc.set_threshold(50_000, 10, 10)

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")

os.environ.setdefault("SECRET_KEY", "a secret for tests alone, of no use anywhere else")
os.environ["DEBUG"] = "false"
os.environ["SECURE"] = "false"
os.environ["CACHE_PREFIX"] = f"test-{WORKER}"
os.environ["BROKER_PREFIX"] = f"test-{WORKER}:"
os.environ["INDEX_PREFIX"] = f"{os.environ.get('INDEX_PREFIX', '')}test-{WORKER}-"
os.environ["SEARCH_LOG_SAMPLE"] = "0"  # tests of the search log change it
os.environ["SEARCH_MAX_AGE"] = "0"  # a test that changes the catalogue sees it at once in its browser
# Tests run without a model, as most shops may; those of search by meaning set this one.
# The workers of xdist inherit the environment of the process that has taken it out.
SENTENCE_MODEL = os.environ.setdefault("TESTS_SENTENCE_MODEL", os.environ.pop("SEMANTIC_MODEL_PATH", ""))
os.environ["EMAIL_URL"] = "memorymail://"
# Tests send more requests than people do; tests of the throttles set rates of their own.
for scope in ("SEARCH", "SUGGEST", "ORDERS", "SIGN_IN", "API", "PAGES"):
    os.environ[f"THROTTLE_{scope}"] = "off"

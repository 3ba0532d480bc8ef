// Tests in a page: `test` names one, the rest state what must be so. test_javascript.py runs them.

const LONG = 30_000; // ms after which a test that waits for something has failed

const tests = [];

/** Add a test; its name stands in the same line or the next, between double quotes. */
export function test(name, body) {
  tests.push({ name, body });
}

/** Run what was added, each test on an empty body; return `{name: "" or what went wrong}`. */
export async function run() {
  const results = {};
  for (const { name, body } of tests) {
    try {
      await watched(() => limited(body()));
      results[name] = "";
    } catch (error) {
      results[name] = error?.stack ?? String(error);
    } finally {
      document.body.replaceChildren();
    }
  }
  return results;
}

// Errors that nobody awaits are reported late, but in order: one of our own comes after them.
async function watched(body) {
  const last = Symbol("last");
  let unawaited;
  let over;
  const reported = new Promise((done) => (over = done));
  const note = (event) => {
    if (event.reason === last) over(event.preventDefault());
    else unawaited ??= event.reason ?? event.error ?? new Error(event.message);
  };
  addEventListener("error", note);
  addEventListener("unhandledrejection", note);
  try {
    await body();
    await new Promise((done) => setTimeout(done));
    Promise.reject(last);
    await reported;
    if (unawaited) throw unawaited;
  } finally {
    removeEventListener("error", note);
    removeEventListener("unhandledrejection", note);
  }
}

async function limited(promise) {
  let timer;
  const late = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(`not over after ${LONG} ms`)), LONG);
  });
  try {
    await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** State that two values are the same, by their content. */
export function equal(actual, expected) {
  const [one, other] = [shown(actual), shown(expected)];
  if (one !== other) throw new Error(`got ${one}\nexpected ${other}`);
}

/** State that a value is true. */
export function ok(value, message = "not so") {
  if (!value) throw new Error(message);
}

/** State that a call fails, with a message that contains some text; it may fail later. */
export async function throws(call, part = "") {
  let error;
  try {
    await call();
  } catch (raised) {
    error = raised;
  }
  if (!error) throw new Error("nothing was thrown");
  ok(String(error).includes(part), `${error} does not contain ${part}`);
}

/** Wait until a call gives something true, and return it. */
export async function until(call) {
  let value = await call();
  while (!value) {
    await new Promise((done) => setTimeout(done, 5));
    value = await call();
  }
  return value;
}

/** Put HTML into the body, and return its first element. */
export function page(html) {
  document.body.innerHTML = html;
  return document.body.firstElementChild;
}

// Content as text, the order of keys left out; what JSON has no word for stands as its own text.
function shown(value) {
  return JSON.stringify(value, (_, each) => {
    if (each === undefined || Object.is(each, -0) || Number.isNaN(each)) return `${each}`;
    if (each instanceof Node) return each.outerHTML ?? each.textContent;
    if (each instanceof Map || each instanceof Set) return [...each];
    if (each === null || typeof each !== "object" || Array.isArray(each)) return each;
    return Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

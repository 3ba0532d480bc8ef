// JupyterLab's internals that we use. Each use is guarded, and missing ones are reported.

/** The notebook's document; undefined in a console and outside of JupyterLab. */
export function documentOf(model) {
  return model.widget_manager?.context;
}

/** The connection to the kernel through which the notebook's cells run. */
export function connectionOf(document) {
  return document?.sessionContext?.session?.kernel;
}

// Each returns whether an internal exists, undefined if that is not yet known.
const PROBES = {
  "notebook.cells": ({ cells }) => [...cells].every((cell) => typeof cell.id === "string"),
  "cells.changed": ({ cells }) => isSignal(cells.changed),
  "sharedModel.getSource": ({ one }) => one && typeof one.sharedModel.getSource() === "string",
  "sharedModel.changed": ({ one }) => one && isSignal(one.sharedModel.changed),
  "sharedModel.setSource": ({ one }) => one && typeof one.sharedModel.setSource === "function",
  "model.contentChanged": ({ document }) => isSignal(document.model.contentChanged),
  "cell.mimeType": ({ one }) =>
    one && typeof one.mimeType === "string" && isSignal(one.mimeTypeChanged),
  "outputs.fromJSON": ({ code }) => code && typeof code.outputs.fromJSON === "function",
  "outputs.set": ({ code }) => code && typeof code.outputs.set === "function",
  "context.save": ({ document }) => typeof document.save === "function",
  "context.saveState": ({ document }) => isSignal(document.saveState),
  "session.statusChanged": ({ document }) => isSignal(document.sessionContext.statusChanged),
  "session.kernelChanged": ({ document }) => isSignal(document.sessionContext.kernelChanged),
  "kernel.requestExecute": ({ kernel }) => typeof kernel.requestExecute === "function",
  "kernel.sendControlMessage": ({ kernel }) => typeof kernel.sendControlMessage === "function",
};

function isSignal(value) {
  return typeof value?.connect === "function" && typeof value.disconnect === "function";
}

/** Return the names of the internals that a notebook's page lacks. */
export function missingOn(document) {
  if (!document) return isConsole() ? [] : ["notebook"];
  const cells = document.model?.cells;
  const [one, code] = tried(() => [[...cells][0], [...cells].find(isCode)]) ?? [];
  const there = { document, cells, one, code, kernel: connectionOf(document) };
  return Object.keys(PROBES).filter((name) => tried(() => PROBES[name](there) ?? true) !== true);
}

// A console has no cells to report, and its manager has no document.
function isConsole() {
  return window.document.querySelector(".jp-CodeConsole") !== null;
}

export function isCode(cell) {
  return cell.type === "code";
}

export function tried(call) {
  try {
    return call();
  } catch {}
}

/** Return modules that JupyterLab shares with all extensions, by their packages' names.

The bundler's runtime alone has the scope in which they are shared; it passes itself to each added
chunk. Any extension's runtime will do, such as anywidget's.

@throws if one of them is not shared
*/
export function sharedModules(...names) {
  const scope = sharedScope();
  return Promise.all(
    names.map(async (name) => {
      const versions = Object.values(scope[name]);
      return (await (versions.find(({ loaded }) => loaded) ?? versions[0]).get())();
    }),
  );
}

function sharedScope() {
  for (const name of Object.keys(window).filter((key) => /^(web|rs)packChunk/.test(key))) {
    let scope;
    // A chunk with a name that was used before would be skipped.
    const chunk = `groq-${Math.random()}`;
    tried(() => window[name].push([[chunk], {}, (require) => (scope = require.S.default)]));
    if (scope?.["@jupyterlab/codemirror"]) return scope;
  }
  throw new Error("no modules are shared");
}

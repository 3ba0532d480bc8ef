// Reports the order of the cells on the page: in each execute request, and when it changes.

import { aroundMethod } from "./around_method.mjs";
import { markOf, sourceOf } from "./inserted.mjs";
import { connectionOf, tried } from "./lab.mjs";
import { inEachNotebook } from "./notebooks.mjs";

// Moving a cell removes it first, and pasting many adds them one by one.
const SETTLED_AFTER = 200; // ms

export function startOrder(model) {
  return inEachNotebook(model, (document) => orderIn(document, model));
}

function orderIn(document, model) {
  const kernel = connectionOf(document);
  if (typeof kernel?.requestExecute !== "function") return () => {};
  const changes = new Changes(document, model);
  const withOrder = function (requestExecute, [content, dispose, metadata, ...rest]) {
    const order = tried(() => orderOf(document));
    changes.reported = String(order);
    return requestExecute.call(
      this,
      content,
      dispose,
      {
        ...metadata,
        ...requestOf(document, order, model.get("token")),
        ...tried(() => nextOf(document, metadata?.cellId)),
      },
      ...rest,
    );
  };
  const restore = aroundMethod(kernel, "requestExecute", "order", withOrder);
  tried(() => changes.start());
  return () => {
    restore();
    tried(() => changes.end());
  };
}

function orderOf(document) {
  return [...document.model.cells].map(({ id }) => id);
}

// The source of the cell that was inserted below a cell, if it is still there.
function nextOf(document, id) {
  const cells = [...document.model.cells];
  const below = cells[cells.findIndex((cell) => cell.id === id) + 1];
  return below && markOf(below)?.next_of === id ? { groqNext: sourceOf(below) } : {};
}

// The request also contains the cell's metadata, which can be anything: the token marks ours.
function requestOf(document, order, token) {
  return order && { groqOrder: order, groqNotebook: document.path, groqToken: token };
}

/** Reports the cells of one notebook when they change, so that warnings are updated at once.

It waits while the kernel is busy: the requests of queued cells have their own lists.
*/
class Changes {
  constructor(document, model) {
    this.document = document;
    this.model = model;
    this.reported = "";
    this.timer = undefined;
    this.onCells = () => this.later();
    this.onStatus = (_, status) => status === "idle" && this.later();
  }

  start() {
    this.document.model.cells.changed.connect(this.onCells);
    this.document.sessionContext.statusChanged.connect(this.onStatus);
    this.later();
  }

  end() {
    clearTimeout(this.timer);
    this.document.model?.cells.changed.disconnect(this.onCells);
    this.document.sessionContext.statusChanged.disconnect(this.onStatus);
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => tried(() => this.report()), SETTLED_AFTER);
  }

  report() {
    const { document, model } = this;
    const order = orderOf(document);
    if (String(order) === this.reported || connectionOf(document).status !== "idle") return;
    model.send({ cells: { order, notebook: document.path } });
    this.reported = String(order);
  }
}

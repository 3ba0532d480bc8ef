// The order of the cells on the page, in each execute request of the notebook.

import { connectionOf, tried } from "./lab.mjs";
import { inEachNotebook } from "./notebooks.mjs";
import { aroundMethod } from "./patch.mjs";

export function startOrder(model) {
  return inEachNotebook(model, orderIn);
}

function orderIn(document) {
  const kernel = connectionOf(document);
  if (typeof kernel?.requestExecute !== "function") return () => {};
  const withOrder = function (requestExecute, [content, dispose, metadata, ...rest]) {
    return requestExecute.call(
      this,
      content,
      dispose,
      { ...metadata, ...orderOf(document) },
      ...rest,
    );
  };
  return aroundMethod(kernel, "requestExecute", "order", withOrder);
}

function orderOf(document) {
  return tried(() => ({
    groqOrder: [...document.model.cells].map(({ id }) => id),
    groqNotebook: document.path,
  }));
}

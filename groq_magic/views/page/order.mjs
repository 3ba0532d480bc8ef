// The order of the cells on the page, in each execute request of the notebook.

import { connectionOf, tried } from "./lab.mjs";
import { inEachNotebook } from "./notebooks.mjs";
import { aroundMethod } from "./patch.mjs";

export function startOrder(model) {
  return inEachNotebook(model, (document) => orderIn(document, model.get("token")));
}

function orderIn(document, token) {
  const kernel = connectionOf(document);
  if (typeof kernel?.requestExecute !== "function") return () => {};
  const withOrder = function (requestExecute, [content, dispose, metadata, ...rest]) {
    return requestExecute.call(
      this,
      content,
      dispose,
      { ...metadata, ...orderOf(document, token) },
      ...rest,
    );
  };
  return aroundMethod(kernel, "requestExecute", "order", withOrder);
}

// A cell's own metadata is part of the request, and anyone's: the token says that this is ours.
function orderOf(document, token) {
  return tried(() => ({
    groqOrder: [...document.model.cells].map(({ id }) => id),
    groqNotebook: document.path,
    groqToken: token,
  }));
}

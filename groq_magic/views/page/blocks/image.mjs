// An image that stands alone. It is part of the HTML: nothing is loaded.

import { insertNodes, removeNodes, replaceNodes } from "./nodes.mjs";

export const imageBlock = { mount: insertNodes, update: replaceNodes, dispose: removeNodes };

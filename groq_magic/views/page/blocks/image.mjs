// An image that is a block. Its data is in the HTML: nothing is loaded.

import { insertNodes, removeNodes, replaceNodes } from "./nodes.mjs";

export const imageBlock = { mount: insertNodes, update: replaceNodes, dispose: removeNodes };

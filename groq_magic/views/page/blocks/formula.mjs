// A formula that is a block.

import { insertNodes, removeNodes, replaceNodes } from "./nodes.mjs";

export const formulaBlock = { mount: insertNodes, update: replaceNodes, dispose: removeNodes };

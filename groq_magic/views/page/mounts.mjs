// Elements that show a document.

import { codeBlock } from "./blocks/code.mjs";
import { formulaBlock } from "./blocks/formula.mjs";
import { imageBlock } from "./blocks/image.mjs";
import { tableBlock } from "./blocks/table.mjs";
import { textBlock } from "./blocks/text.mjs";

const KINDS = {
  text: textBlock,
  code: codeBlock,
  table: tableBlock,
  formula: formulaBlock,
  image: imageBlock,
};

/** A document in one element. Its only state is what it has drawn: a new one draws everything, an
old one the changes. */
export class Mount {
  constructor(root) {
    this.root = root;
    this.shown = []; // { block, kind, mounted } by index
    this.blocks = null;
  }

  /** Draw a document's blocks. */
  draw(blocks) {
    if (blocks === this.blocks) return;
    this.blocks = blocks;
    for (const { kind, mounted } of this.shown.splice(blocks.length)) kind.dispose(mounted);
    blocks.forEach((block, index) => this.#drawOne(block, index));
    for (const { kind, mounted } of this.shown.slice(0, -1)) kind.settle?.(mounted);
  }

  #drawOne(block, index) {
    const shown = this.shown[index];
    if (shown?.block === block) return;
    if (shown?.block.key === block.key && shown.block.kind === block.kind) {
      shown.kind.update(shown.mounted, block);
      shown.block = block;
      return;
    }
    shown?.kind.dispose(shown.mounted);
    const kind = KINDS[block.kind] ?? textBlock;
    const place = { parent: this.root, before: this.shown[index + 1]?.mounted.nodes[0] ?? null };
    this.shown[index] = { block, kind, mounted: kind.mount(block, place) };
  }
}

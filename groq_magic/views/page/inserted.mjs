// The cells that we inserted below a cell that asked, found by a mark in their metadata, which the
// file keeps.

const KEY = "groq_magic";

/** Return the mark of an inserted cell. */
export function markOf(cell) {
  return cell.getMetadata(KEY);
}

/** Return the metadata of a cell that was inserted below another one. */
export function markFor(id, code) {
  return { [KEY]: { next_of: id, sum: sumOf(code) } };
}

export function sourceOf(cell) {
  return cell.sharedModel.getSource();
}

export function isUnedited(cell) {
  return markOf(cell).sum === sumOf(sourceOf(cell));
}

/** Return the cells, from a place on, that were inserted below a cell. */
export function insertedFrom(cells, at, id) {
  const end = cells.findIndex((cell, index) => index >= at && markOf(cell)?.next_of !== id);
  return cells.slice(at, end < 0 ? undefined : end);
}

/** Return a checksum of a text. */
export function sumOf(text) {
  // A polynomial modulo a prime; its base is larger than any code unit, so each small edit changes it.
  let sum = text.length;
  for (let at = 0; at < text.length; at += 1)
    sum = (sum * 65_599 + text.charCodeAt(at)) % 4_294_967_291;
  return sum;
}

// Outputs of an answer, and what the kernel offers of them to a page.

export const html = (text) => ({
  output_type: "display_data",
  data: { "text/html": text },
  metadata: {},
});

/** The offer of the first answer of cell "a". */
export const offerOf = (more) => ({
  id: 1,
  cell: "a",
  request: "r1",
  notebook: "a.ipynb",
  place: "groq-doc-s1",
  turn: "groq-turn-a-1",
  checksum: 1,
  earlier: [],
  captured: [],
  ...more,
});

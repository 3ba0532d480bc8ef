// The language of prompts for CodeMirror: Markdown below a magic's line, with values in braces.

import { aroundMethod } from "./around_method.mjs";
import { sharedModules } from "./lab.mjs";

export const PROMPT_MIME = "text/x-groq-prompt";
// The magics with a prompt below them, in the cell's first line that isn't blank.
export const PROMPT_MAGIC = /^\s*%%groq(?:_code|_map|_system)?(?!\S)/;

// The kernel's rules: not `${{ … }}`, a name first, on one line, no end within a string.
const VALUE =
  /\{\{[ \t]*[\p{L}_](?:[^'"}\n]|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|\}(?!\})){0,300}\}\}/u
    .source;
const VALUE_HERE = new RegExp(`^${VALUE}`, "u");
const VALUES = new RegExp(`(?<!\\$)${VALUE}`, "gu");
const [BRACE, DOLLAR] = [123, 36]; // codes of `{` and `$`

/** Return a function that adds the language to JupyterLab, and returns one that removes it.

@throws if a class that it needs is missing
*/
export async function promptLanguage() {
  const [lab, markdown, language, state, view, highlight] = await sharedModules(
    "@jupyterlab/codemirror",
    "@codemirror/lang-markdown",
    "@codemirror/language",
    "@codemirror/state",
    "@codemirror/view",
    "@lezer/highlight",
  );
  const registries = lab.EditorLanguageRegistry.prototype;
  let registry;
  const nested = (fence) => registry?.findBest(fence, false);
  const support = supportOf({ ...markdown, ...language, ...highlight, ...state, ...view }, nested);
  if (typeof registries.getLanguage !== "function") throw new Error("no getLanguage");
  const name = "groq prompt";
  return () =>
    // The registry can't remove languages that were added to it.
    aroundMethod(registries, "getLanguage", "language", function (getLanguage, [asked, ...rest]) {
      if (asked !== PROMPT_MIME) return getLanguage.call(this, asked, ...rest);
      registry = this;
      return Promise.resolve({ name, mime: PROMPT_MIME, support });
    });
}

function supportOf(parts, nested) {
  const { Language, LanguageSupport, defineLanguageFacet, languageDataProp, tags } = parts;
  // The keys that comment out a line work as in other cells.
  const data = defineLanguageFacet({ commentTokens: { line: "#" } });
  const extensions = [
    { props: [languageDataProp.add({ Document: data })] },
    magicLine(tags),
    values,
  ];
  const { language } = parts.markdown({
    base: parts.markdownLanguage,
    codeLanguages: nested,
    extensions,
    addKeymap: false, // it continues lists
    completeHTMLTags: false,
  });
  return new LanguageSupport(new Language(data, language.parser, [], "groq"), marks(parts));
}

function magicLine(tags) {
  const parse = (context, line) => {
    const [, before, magic] = /^(\s*)(%%groq\w*)/.exec(line.text) ?? [];
    if (!magic || (context.lineStart > 0 && context.input?.read(0, context.lineStart).trim()))
      return false;
    const from = context.lineStart + before.length;
    const to = context.lineStart + line.text.length;
    const nodes = [context.elt("GroqMagic", from, from + magic.length)];
    for (const {
      index,
      0: { length },
    } of line.text.matchAll(/(?<=\s)--?[a-z][\w-]*/g)) {
      const at = context.lineStart + index;
      nodes.push(context.elt("GroqOption", at, at + length));
    }
    context.addElement(context.elt("GroqLine", from, to, nodes));
    context.nextLine();
    return true;
  };
  return {
    defineNodes: [
      { name: "GroqLine", block: true },
      { name: "GroqMagic", style: tags.keyword },
      { name: "GroqOption", style: tags.attributeName },
    ],
    parseBlock: [{ name: "GroqLine", before: "LinkReference", parse }],
  };
}

// No Markdown between the braces: `[…]` is no link there.
const values = {
  defineNodes: ["GroqValue"],
  parseInline: [
    {
      name: "GroqValue",
      before: "Escape",
      parse(context, next, at) {
        if (next !== BRACE || context.char(at - 1) === DOLLAR) return -1;
        const [value] = VALUE_HERE.exec(context.slice(at, context.end)) ?? [];
        return value === undefined ? -1 : at + value.length;
      },
    },
  ],
};

// The kernel also fills braces in code blocks, which other parsers read.
function marks({ Decoration, EditorView, MatchDecorator, Prec, ViewPlugin }) {
  const matcher = new MatchDecorator({
    regexp: VALUES,
    decoration: Decoration.mark({ class: "groq-value" }),
  });
  const plugin = ViewPlugin.define(
    (view) => ({
      marks: matcher.createDeco(view),
      update(update) {
        this.marks = matcher.updateDeco(update, this.marks);
      },
    }),
    { decorations: (value) => value.marks },
  );
  return [Prec.lowest(plugin), EditorView.lineWrapping];
}

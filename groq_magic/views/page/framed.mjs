// One streaming answer in a view of its own, for front ends that show each output in a frame,
// where the session widget can't draw.

import { Answers } from "./answers.mjs";
import { sendNow } from "./control.mjs";
import { element } from "./html.mjs";
import { watchPage } from "./watch.mjs";

export default () => {
  let answers;
  return {
    initialize({ model }) {
      answers = new Answers(model, () => undefined); // the picker is in the panel
      model.on("msg:custom", (message) => answers.receive(message));
      sendNow(model, { hello: { missing: [] } });
      return () => answers.end({ keep: false });
    },
    render({ model, el }) {
      const place = element("div", model.get("place"));
      el.classList.add("groq-answer", "mathjax_ignore", "tex2jax_ignore");
      el.append(place);
      const fill = () => answers.fill([place.closest(".jp-NotebookPanel")]);
      fill(); // the element may be on the page already
      return watchPage(fill, () => answers.isStreaming);
    },
  };
};

// Wraps a method of an object that isn't ours, and restores it.

/** Call `around` instead of an object's method until the returned function is called.

Several callers with one name share one wrapper, with the first one's `around`. If another extension
has wrapped the method after us, our wrapper stays, and only passes calls on.

@param around called with the method's `this`, the method as it was, and the arguments
*/
export function aroundMethod(object, method, name, around) {
  const mark = Symbol.for(`groq_magic ${name}`);
  const user = {};
  const users = (object[method][mark] ?? change(object, method, mark, around)).add(user);
  return () => users.delete(user);
}

function change(object, method, mark, around) {
  const isOwn = Object.hasOwn(object, method);
  const before = object[method];
  const users = new Set();
  const ours = function (...given) {
    return users.size ? around.call(this, before, given) : before.apply(this, given);
  };
  ours[mark] = {
    add(user) {
      users.add(user);
      return this;
    },
    delete(user) {
      if (!users.delete(user) || users.size || object[method] !== ours) return;
      if (isOwn) object[method] = before;
      else delete object[method];
    },
  };
  object[method] = ours;
  return ours[mark];
}

/** An element with properties and children; text stays text, so that nothing a bot sends becomes markup. */
export function h(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (key === "style") Object.assign(element.style, value);
    else if (key in element && key !== "list") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Does something as the chosen person; resolves to the answer, or to null after the refusal was shown. */
export async function act(context, deed) {
  const body = JSON.stringify({ as: context.as, in: context.in, ...deed });
  const answer = await fetch("/page/act", { method: "POST", headers: { "content-type": "application/json" }, body });
  const told = await answer.json();
  if (answer.ok) return told;
  context.notice(told.message);
  return null;
}

// A little comfort; everything can be read without it. Foreign text is only ever set as text, never as markup.
"use strict";
globalThis.firsthandTakes = globalThis.firsthandTakes || [];

document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("button.uncover")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const cover of document.querySelectorAll(".cover")) cover.open = true;
    });
  }
  const sift = document.getElementById("sift");
  if (!sift) return;
  const at = (id) => document.getElementById(id);
  const words = sift.dataset;
  const step = 40;
  let all = [];
  let shown = 0;
  sift.hidden = false;

  const element = (name, className, text) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  };

  const picture = (take) => {
    const image = element("img");
    image.loading = "lazy";
    image.alt = take.alt;
    image.width = take.width;
    image.height = take.height;
    image.src = words.root + take.strip;
    if (words.open) return image;
    const cover = element("details", "cover");
    const summary = element("summary");
    const blank = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    blank.setAttribute("viewBox", `0 0 ${take.width} ${take.height}`);
    blank.setAttribute("width", take.width);
    blank.setAttribute("height", take.height);
    blank.setAttribute("aria-hidden", "true");
    summary.append(blank, element("span", "shut", words.show), element("span", "open", words.hide));
    cover.append(summary, image);
    return cover;
  };

  const card = (take) => {
    const article = element("article", "card");
    const both = element("div", "words");
    const left = element("div");
    const heading = element("h2");
    const link = element("a");
    link.href = words.root + take.page;
    link.append(element("bdi", "", take.title));
    heading.append(link);
    const badges = element("ul", "badges");
    for (const [key, text] of take.badges) badges.append(element("li", key, text));
    left.append(heading, element("p", "measure", take.measure));
    if (take.badges.length) left.append(badges);
    const claims = element("p", "claims");
    claims.append(element("span", "fact", take.when));
    if (take.where) claims.append(element("span", "fact", take.where));
    both.append(left, claims);
    const right = element("div", "sight");
    if (take.strip) {
      const reel = element("div", "reel");
      reel.tabIndex = 0;
      reel.setAttribute("role", "group");
      reel.setAttribute("aria-label", take.alt);
      const film = element("div", take.short ? "film short" : "film");
      film.append(picture(take));
      reel.append(film);
      right.append(reel);
    } else {
      right.append(element("p", "blank", take.blank));
    }
    article.append(both, right);
    return article;
  };

  const collator = new Intl.Collator(words.locale, { numeric: true, sensitivity: "base" });
  const orders = {
    time: (a, b) => (a.time === "") - (b.time === "") || (a.time < b.time ? -1 : a.time > b.time ? 1 : 0),
    copies: (a, b) => b.copies - a.copies,
    length: (a, b) => b.length - a.length,
    name: (a, b) => collator.compare(a.title, b.title),
    arrived: (a, b) => (a.arrived < b.arrived ? -1 : a.arrived > b.arrived ? 1 : 0),
  };

  const more = () => {
    for (const take of all.slice(shown, shown + step)) at("sifted").append(card(take));
    shown = Math.min(shown + step, all.length);
    at("sift-more").hidden = shown >= all.length;
  };

  const refresh = () => {
    const asked = at("sift-words").value.trim().toLocaleLowerCase(words.locale);
    const only = at("sift-only").value;
    const order = at("sift-sort").value;
    const asIs = !asked && !only && order === "time";
    at("page").hidden = !asIs;
    at("sifted").hidden = asIs;
    at("sifted").textContent = "";
    at("sift-count").textContent = "";
    at("sift-more").hidden = true;
    if (asIs) return;
    all = globalThis.firsthandTakes.filter(
      (take) =>
        (!only || take.badges.some(([key]) => key === only)) &&
        (!asked || take.names.toLocaleLowerCase(words.locale).includes(asked)),
    );
    all.sort(orders[order]);
    shown = 0;
    at("sift-count").textContent = all.length ? words.count.replace("#", all.length.toLocaleString(words.locale)) : words.none;
    more();
  };

  at("sift-more").addEventListener("click", more);
  at("sift-words").addEventListener("input", refresh);
  at("sift-sort").addEventListener("change", refresh);
  at("sift-only").addEventListener("change", refresh);
  refresh(); // a browser may bring a form's answers back
});

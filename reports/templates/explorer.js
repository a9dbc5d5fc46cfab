"use strict";
{
  const data = JSON.parse(document.getElementById("grids").textContent);
  const $ = (id) => document.getElementById(id);
  const drivers = Object.keys(data.drivers), outcomes = Object.keys(data.outcomes);
  const sliders = drivers.filter((name) => $(name).type === "range");
  const chosen = {}; // value of each driver, in the units of the panel
  const PER = 1000, POSITIONS = 100, CURVE = 40, THOUSAND_KM = 1000;
  const ROLES = {
    exposure: "An exposure of this claim.",
    adjusted: "Adjusted for: it shifts the prediction, and its own effect is not claimed.",
    absent: "Not in the model of this claim: the causal graph asks for no adjustment for it.",
  };

  // ---- numbers: by the polynomials of the points at which the grid was made ----

  for (const model of data.models) for (const part of Object.values(model.outcomes)) {
    const bytes = Uint8Array.from(atob(part.grid), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer);
    part.grid = Float64Array.from({ length: bytes.length / 2 }, (_, k) => view.getInt16(2 * k, true) / data.steps);
    part.index = new Map(part.places.map(([region, era], k) => [`${region},${era}`, k]));
    let at = 0;
    part.neighbours.at = part.neighbours.at.map((step) => (at += step));
  }

  const lagrange = (nodes, x) => nodes.map((own, j) =>
    nodes.reduce((weight, other, m) => (m === j ? weight : weight * (x - other) / (own - other)), 1));
  const logistic = (x) => 1 / (1 + Math.exp(-x));

  // Mean and bounds of the probability at a place, the drivers being x.
  function probability(part, place, x) {
    let weights = [1];
    for (const [name, nodes] of Object.entries(part.axes)) { // the last driver runs fastest
      const own = lagrange(nodes, x[name]);
      weights = weights.flatMap((w) => own.map((v) => w * v));
    }
    const size = weights.length, count = part.places.length;
    const [value, low, high] = [0, 1, 2].map((statistic) => {
      const start = (statistic * count + place) * size;
      return logistic(weights.reduce((sum, w, k) => sum + w * part.grid[start + k], 0));
    });
    return { value, low, high, mcse: part.mcse * (high - low) };
  }

  // Ratio of rates with and without the programme, between its sizes on the log scale.
  function ratio(outcome, size) {
    const { sizes, ratio: table } = data.programme, rows = table[$("timing").value][outcome];
    const after = Math.max(1, sizes.findIndex((s) => s >= size)), [before, next] = [rows[after - 1], rows[after]];
    const share = (size - sizes[after - 1]) / (sizes[after] - sizes[after - 1]), log = (v) => Math.log(Math.max(v, 1e-6));
    const between = (a, b) => Math.exp((1 - share) * log(a) + share * log(b));
    return { ...Object.fromEntries(["value", "low", "high"].map((q) => [q, between(before[q], next[q])])),
      mcse: (1 - share) * before.mcse + share * next.mcse };
  }

  function withProgramme(p, r) {
    const width = (a, b, c, d) => Math.hypot(Math.log(a / b), Math.log(c / d)), value = Math.min(1, p.value * r.value);
    return { value, low: value * Math.exp(-width(p.value, p.low, r.value, r.low)),
      high: Math.min(1, value * Math.exp(width(p.high, p.value, r.high, r.value))),
      mcse: value * Math.hypot(p.mcse / p.value, r.mcse / r.value) };
  }

  const size = () => (data.programme ? data.programme.sizes.at(-1) * $("size").value / $("size").max : 0);

  function result(part, outcome, place, x) {
    const p = probability(part, place, x);
    return size() > 0 ? withProgramme(p, ratio(outcome, size())) : p;
  }

  // ---- the choice ----

  const model = () => data.models.find((m) => m.claims.includes($("claim").value));
  const place = () => [Number($("region").value), Number($("era").value)];
  const shown = () => outcomes.filter((name) => ["", name].includes($("outcome").value));
  const axis = (name) => model().outcomes[outcomes[0]].axes[name];
  const toValue = (name, position) => axis(name)[0] + (axis(name).at(-1) - axis(name)[0]) * position / POSITIONS;
  const toPosition = (name, value) => {
    const [low, high] = [axis(name)[0], axis(name).at(-1)];
    return Math.round(POSITIONS * Math.min(1, Math.max(0, (value - low) / (high - low))));
  };

  // Keep the drivers near their values when the model, and so the reach of the sliders, changes.
  function enable() {
    const roles = model().drivers;
    for (const name of drivers) {
      const role = roles[name];
      $(name).disabled = !role;
      $(`row-${name}`).classList.toggle("off", !role);
      $(`role-${name}`).textContent = ROLES[role ?? "absent"];
      if (role && sliders.includes(name)) $(name).value = toPosition(name, chosen[name]);
    }
    for (const option of $("along").options) option.disabled = !roles[option.value];
    if ($("along").selectedOptions[0].disabled) $("along").value = Object.keys(roles)[0];
  }

  // An era in which the region has no dyad-years cannot be chosen.
  function eras() {
    const known = model().outcomes[outcomes[0]].index;
    for (const option of $("era").options) option.disabled = !known.has(`${$("region").value},${option.value}`);
    for (const option of $("region").options) option.disabled = !known.has(`${option.value},-1`);
    if ($("region").selectedOptions[0].disabled) $("region").value = "-1";
    if ($("era").selectedOptions[0].disabled) $("era").value = "-1";
  }

  function typical() {
    const part = model().outcomes[outcomes[0]], medians = part.places[part.index.get(place().join())][4];
    Object.keys(part.axes).forEach((name, k) => {
      chosen[name] = medians[k];
      if (sliders.includes(name)) $(name).value = toPosition(name, medians[k]); else $(name).checked = medians[k] >= 0.5;
    });
  }

  function read() {
    for (const name of drivers) if (model().drivers[name]) {
      chosen[name] = sliders.includes(name) ? toValue(name, $(name).value) : Number($(name).checked);
    }
  }

  // ---- words ----

  const whole = (n) => n.toLocaleString("en");
  const fixed = (v) => (v >= 99.95 ? whole(Math.round(v)) : v >= 9.95 ? v.toFixed(1) : v >= 0.005 ? v.toFixed(2) : "< 0.01");
  const per = (p) => fixed(PER * p);
  const tiny = (v) => (v >= 10 ? v.toFixed(0) : v >= 0.001 ? v.toPrecision(2) : "< 0.001");
  const where = () => {
    const [region, era] = place();
    return `${region < 0 ? "all regions" : data.regions[region]}, ${era < 0 ? "all eras" : data.eras[era]}`;
  };
  const disputes = (n) => (n === 1 ? "one dispute" : `${n} disputes`);
  const describe = {
    threat(x) {
      const cases = [0, 1].flatMap((rival) => [0, 1, 2, 3, 5, 8].map((n) => [Math.log1p(n) + rival, rival, n]));
      const [, rival, n] = cases.reduce((best, c) => (Math.abs(c[0] - x) < Math.abs(best[0] - x) ? c : best));
      const parts = [rival && "a rivalry", n && disputes(n)].filter(Boolean);
      return `${x.toFixed(2)}: about ${parts.length ? parts.join(" and ") : "none"}`;
    },
    proximity(x) {
      const km = 100 * Math.expm1(-x), digits = km >= THOUSAND_KM ? 100 : 10;
      return km < 5 ? "adjacent" : `${whole(Math.round(km / digits) * digits)} km away`;
    },
    support(x) {
      const allies = x < 0.45 ? "allies weaker than the aggressor" : x > 0.55 ? "allies stronger than the aggressor" : "allies about as strong";
      return `${(100 * x).toFixed(0)} %: ${x < 0.005 ? "no ally against it" : allies}`;
    },
    duress: (x) => (x ? "yes" : "no"),
  };
  const ticks = {
    threat: [0, 1, 2, 3].map((x) => [x, String(x)]),
    proximity: [0, 100, 1000, 10000].map((km) => [-Math.log1p(km / 100), `${whole(km)} km`]),
    support: [0, 0.25, 0.5, 0.75, 1].map((x) => [x, `${100 * x} %`]),
    duress: [[0, "no"], [1, "yes"]],
  };

  function against(p, rows, events) {
    if (!events) return `None was observed there, in ${whole(rows)} dyad-years.`;
    const base = events / rows, times = p.value / base;
    const much = times > 0.95 && times < 1.05 ? "About" : `${times < 0.1 ? "Less than 0.1" : times.toFixed(1)} times`;
    const side = p.low > base ? "lies above it" : p.high < base ? "lies below it" : "holds it";
    return `${much} the observed average there, ${per(base)} (${whole(events)} in ${whole(rows)}); the interval ${side}.`;
  }

  // Dyad-years and events in the same bands of the drivers.
  function neighbours(part, names) {
    const [region, era] = place(), sizes = names.map((name) => data.drivers[name].words.length);
    const mine = names.map((name) => data.drivers[name].bounds.filter((bound) => chosen[name] > bound).length);
    let rows = 0, events = 0;
    part.neighbours.at.forEach((at, k) => {
      const bands = sizes.map((_, i) => Math.floor(at / sizes.slice(i + 1).reduce((a, b) => a * b, 1)) % sizes[i]);
      const cell = Math.floor(at / sizes.reduce((a, b) => a * b, 1)), own = [Math.floor(cell / data.eras.length), cell % data.eras.length];
      if ((region < 0 || own[0] === region) && (era < 0 || own[1] === era) && bands.every((b, i) => b === mine[i])) {
        rows += part.neighbours.rows[k];
        events += part.neighbours.events[k];
      }
    });
    return { rows, events, words: names.map((name, i) => data.drivers[name].words[mine[i]]) };
  }

  function behind() {
    const found = outcomes.map((name) => neighbours(model().outcomes[name], Object.keys(model().outcomes[name].axes)));
    const events = outcomes.map((name, k) => `${whole(found[k].events)} ${data.outcomes[name].events}`), { rows, words } = found[0];
    $("data").textContent = `Dyad-years like this one (${[where(), ...words].join("; ")}): ${whole(rows)}, ${events.join(" and ")}.`;
    const few = outcomes.filter((name, k) => shown().includes(name) && found[k].events < data.few.events);
    const leans = "and the number leans on other regions, eras and situations.", named = few.map((name) => data.outcomes[name].name);
    if (!rows) $("thin").textContent = "No such dyad-year was observed: the number is what the model makes of other regions, eras and situations.";
    else if (rows < data.few.rows) $("thin").textContent = `Thin: so few dyad-years say little, ${leans}`;
    else $("thin").textContent = few.length ? `Thin: so few events of ${named.join(" and ")} say little, ${leans}` : "";
    return rows;
  }

  // ---- pictures ----

  function draw(svg, tag, attributes, text) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== undefined) node.textContent = text;
    svg.append(node);
  }

  function nice(top) {
    const step = 10 ** Math.floor(Math.log10(top / 4)), by = [1, 2, 2.5, 5, 10].map((m) => m * step).find((s) => top / s <= 5);
    return { by, top: by * Math.ceil(top / by) };
  }

  function chart(outcome, name, now) {
    const svg = $(`chart-${outcome}`), width = svg.clientWidth || 300, height = 220, binary = !sliders.includes(name);
    const part = model().outcomes[outcome], at = part.index.get(place().join()), nodes = part.axes[name];
    const xs = binary ? nodes : Array.from({ length: CURVE + 1 }, (_, k) => nodes[0] + (nodes.at(-1) - nodes[0]) * k / CURVE);
    const curve = xs.map((x) => result(part, outcome, at, { ...chosen, [name]: x }));
    const base = part.places[at][3] / part.places[at][2], reach = Math.max(...curve.map((p) => p.high));
    const most = Math.max(now.value, base, ...curve.map((p) => p.value));
    const { by, top } = nice(PER * Math.max(1.1 * most, Math.min(reach, 3 * most))), pad = binary ? 0.5 : 0;
    const left = 44, right = width - 14, bottom = height - 26, lowest = xs[0] - pad, highest = xs.at(-1) + pad;
    const X = (x) => left + (right - left) * (x - lowest) / (highest - lowest);
    const Y = (p) => bottom - (bottom - 10) * Math.min(1, PER * p / top);
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (let y = 0; y <= top * 1.0001; y += by) {
      draw(svg, "line", { class: "grid", x1: left, x2: right, y1: Y(y / PER), y2: Y(y / PER) });
      draw(svg, "text", { x: left - 6, y: Y(y / PER) + 4, "text-anchor": "end" }, String(Number(y.toPrecision(6))));
    }
    for (const [x, words] of ticks[name]) if (x >= lowest - 0.03 && x <= highest + 0.03) {
      const anchor = X(x) > right - 20 ? "end" : X(x) < left + 20 && !binary ? "start" : "middle";
      draw(svg, "text", { x: X(x), y: height - 8, "text-anchor": anchor }, words);
    }
    const path = (points, bound) => points.map((p, k) => `${X(xs[k]).toFixed(1)},${Y(p[bound]).toFixed(1)}`);
    if (binary) curve.forEach((p, k) => {
      draw(svg, "line", { class: "bar", x1: X(xs[k]), x2: X(xs[k]), y1: Y(p.low), y2: Y(p.high) });
      draw(svg, "circle", { class: "dot", cx: X(xs[k]), cy: Y(p.value), r: xs[k] === chosen[name] ? 7 : 4 });
    }); else {
      draw(svg, "polygon", { class: "band", points: [...path(curve, "low"), ...path(curve, "high").reverse()].join(" ") });
      draw(svg, "polyline", { class: "line", points: path(curve, "value").join(" ") });
    }
    draw(svg, "line", { class: "dashes", x1: left, x2: right, y1: Y(base), y2: Y(base) });
    draw(svg, "text", { class: "halo", x: right, y: Y(base) - 5, "text-anchor": "end" }, "observed average");
    if (!binary) draw(svg, "circle", { class: "dot", cx: X(chosen[name]), cy: Y(now.value), r: 6 });
    const first = curve[0], last = curve.at(-1);
    const ends = `from ${per(first.value)} (${describe[name](xs[0])}) to ${per(last.value)} (${describe[name](xs.at(-1))})`;
    svg.setAttribute("aria-label", `${data.outcomes[outcome].name} along ${data.drivers[name].label}: ${ends} in 1,000 dyad-years.`);
    return PER * reach > top;
  }

  // ---- all together ----

  let speaking = 0;
  function say(words) {
    clearTimeout(speaking);
    speaking = setTimeout(() => { $("said").textContent = words; }, 600);
  }

  function render() {
    for (const name of sliders) {
      const words = model().drivers[name] ? describe[name](chosen[name]) : "–";
      $(`words-${name}`).textContent = words;
      $(name).setAttribute("aria-valuetext", words);
    }
    if (data.programme) {
      const words = size() ? `raises capacity by ${size().toFixed(2)} standard deviations` : "none";
      $("words-size").textContent = words;
      $("size").setAttribute("aria-valuetext", words);
    }
    const spoken = [], cut = [];
    for (const outcome of outcomes) {
      const visible = shown().includes(outcome), part = model().outcomes[outcome], at = part.index.get(place().join());
      $(`card-${outcome}`).hidden = $(`figure-${outcome}`).hidden = !visible;
      if (!visible) continue;
      const p = result(part, outcome, at, chosen), [, , rows, events] = part.places[at];
      for (const bound of ["value", "low", "high"]) {
        $(`${bound}-${outcome}`).value = p[bound];
        $(`${bound}-${outcome}`).textContent = per(p[bound]);
      }
      $(`error-${outcome}`).textContent = tiny(PER * p.mcse);
      $(`against-${outcome}`).textContent = against(p, rows, events);
      spoken.push(`${data.outcomes[outcome].name}: ${per(p.value)} in 1,000, interval ${per(p.low)} to ${per(p.high)}.`);
      if (chart(outcome, $("along").value, p)) cut.push(data.outcomes[outcome].name);
    }
    $("cut").textContent = cut.length ? `The band of ${cut.join(" and ")} goes on above the picture.` : "";
    for (const entry of document.querySelectorAll(".about")) entry.hidden = entry.id !== `about-${$("claim").value}`;
    const rows = behind();
    say(`${where()}. ${spoken.join(" ")} ${whole(rows)} dyad-years like this one. ${$("thin").textContent}`);
  }

  function changed(event) {
    const id = event.target.id;
    if (id === "region" || id === "era") eras();
    if (id === "claim") { eras(); enable(); }
    read();
    render();
  }

  $("choices").addEventListener("input", changed);
  $("choices").addEventListener("submit", (event) => event.preventDefault());
  $("along").addEventListener("input", render);
  $("typical").addEventListener("click", () => { typical(); read(); render(); });
  addEventListener("resize", render);
  eras();
  for (const name of drivers) chosen[name] = 0;
  typical();
  enable();
  read();
  render();
}

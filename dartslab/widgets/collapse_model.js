// Collapse: what is shown of a recorded search at one step; the same as models/collapse.py, where it is explained.

const SCALE = 10000; // mixing weights are whole numbers of ten thousandths
const unpacked = new Map(); // base64 -> numbers

function numbersOf(text) {
  if (!unpacked.has(text)) {
    const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
    unpacked.set(text, Array.from({ length: bytes.length / 2 }, (_, i) => bytes[2 * i] + 256 * bytes[2 * i + 1]));
  }
  return unpacked.get(text);
}

const rowAt = (steps, step) => steps.reduce((best, one, row) => (Math.abs(one - step) < Math.abs(steps[best] - step) ? row : best), 0);
const hasStopped = ({ steps, planned }) => steps[steps.length - 1] < planned;

// steps of the longest search that is shown: of the variant, or where nothing is changed
const longestOf = ({ variant }, { searches, control }) => Math.max(...[variant, control].flatMap((name) => Object.values(searches[name]).map(({ planned }) => planned)));
const before = (values, row) => values.slice(0, row + 1).findLast((value) => value !== null);

// [steps, numbers] of what was measured
function curveOf({ steps, columns }, name) {
  const there = steps.map((_, row) => row).filter((row) => columns[name][row] !== null);
  return [there.map((row) => steps[row]), there.map((row) => columns[name][row])];
}

function cellsAt(fixed, search, row) {
  const choices = search.choices[search.genotype[row]];
  return fixed.map((cell, k) => {
    const [edges, count] = [cell.edges.length, cell.operations.length];
    const all = numbersOf(search.weights[cell.kind]), from = row * edges * count;
    const weights = cell.edges.map((_, e) => all.slice(from + e * count, from + (e + 1) * count).map((n) => n / SCALE));
    const known = cell.operations.map((_, o) => o).filter((o) => cell.operations[o] !== "none");
    const largest = weights.map((edge) => Math.max(...known.map((o) => edge[o])));
    const leads = weights.map((edge, e) => known.find((o) => edge[o] === largest[e]));
    for (const [e, o] of choices[k]) if (weights[e][o] === largest[e]) leads[e] = o;
    return { ...cell, weights, leads, kept: choices[k] };
  });
}

function collapseFrame({ variant, seed, step }, data) {
  const [shown, search] = [data.variants[variant], data.searches[variant][seed]];
  const { steps, planned, columns, kept } = search;
  const row = rowAt(steps, step), last = steps[steps.length - 1], [skips, edges] = kept[row];
  const known = ["lambda_max", "train", "val"].map((name) => [name, before(columns[name], row)]);
  return { variant, label: shown.label, seed: Number(seed), step: steps[row], last, planned, stopped: hasStopped(search), skips, edges,
    measured: Object.fromEntries(known.filter(([, value]) => value !== undefined)), cells: cellsAt(shown.cells, search, row),
    result: shown.result, recorded: shown.recorded, live: shown.live.replace("SEED", seed) };
}

const hundredthsOf = (weight) => (Math.floor((Math.round(SCALE * weight) + 50) / 100) / 100).toFixed(2);
const percentOf = (tenths) => Math.floor((tenths + 5) / 10);

function collapseHead({ label, seed, step, last, planned, stopped, skips, edges }) {
  const at = `step ${step} of ${planned}`, where = stopped && step === last ? `stopped after ${at}, its cell is from before` : at;
  return `${label}, seed ${seed}, ${where}: ${skips} of ${edges} kept edge${edges === 1 ? "" : "s"} ${skips === 1 ? "is a skip connection" : "are skip connections"}`;
}

function collapseWords(frame) {
  const { cells, measured, result, recorded } = frame, sentences = [collapseHead(frame)];
  for (const { title, edges, operations, weights, kept } of cells) {
    const told = kept.map(([e, o]) => `${edges[e].replaceAll(" ", "")} ${operations[o]} ${hundredthsOf(weights[e][o])}`);
    sentences.push(`${title} keeps ${told.join(", ") || "no edge"}`);
  }
  if ("lambda_max" in measured) sentences.push(`lambda_max ${measured.lambda_max}`);
  const told = [["train", "w"], ["val", "alpha"]].filter(([name]) => name in measured)
    .map(([name, learns]) => `${percentOf(measured[name])} % on the pictures of ${learns}`);
  if (told.length) sentences.push(`accuracy ${told.join(" and ")}`);
  return `${sentences.join("; ")}. ${result} ${recorded}`;
}

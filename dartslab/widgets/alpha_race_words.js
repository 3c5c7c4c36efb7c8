// The race of alpha in words; the same as in alpha_race.py. No DOM.

// What can be seen at this step: { mark, text }.
function verdict(frame, { twins, limits }) {
  const { operations: names, p, alone, could, push, step, temperature } = frame;
  const [lead, best] = [largestAt(p), smallestAt(could)];
  const told = (mark, text) => ({ mark, text: `Step ${step}: ${text}` });
  if (frame.waiting) {
    const last = names.length - 1;
    const learns = frame.learn ? ` Meanwhile ${names[last]} learns: its loss alone is ${alone[last].toFixed(2)}.` : "";
    return told("", `alpha waits, and all mixing weights stay as they are.${learns}`);
  }
  if (p[lead] < limits.equal / p.length) {
    const better = frame.learn ? `Trained by itself, ${names[best]} would reach a loss of ${could[best].toFixed(2)}.` : "Who will lead in the end?";
    return told("", `all mixing weights are equal, ${percent(p[lead])} each. ${better}`);
  }
  if (twins.every((name) => names.includes(name))) {
    const [one, other, rival] = [...twins, "mirror"].map((name) => names.indexOf(name));
    const both = `${names[lead]} leads with ${percent(p[lead])}. Together the twins have ${percent(p[one] + p[other])}`;
    if (lead === one || lead === other) return told("right", `${both}; ${names[rival]} has ${percent(p[rival])} and no twin.`);
    return told("wrong", `${both}, and alone shift has the smaller loss: ${alone[one].toFixed(2)} against ${alone[lead].toFixed(2)}.`);
  }
  if (temperature > 1 && p[lead] < limits.warm / p.length) {
    return told("", `too warm to decide. At T = ${temperature.toFixed(1)} the largest mixing weight is ${percent(p[lead])}.`);
  }
  if (lead === best) {
    const trained = frame.learn ? "trained by itself" : "alone";
    return told("right", `${names[lead]} leads with ${percent(p[lead])}. No other could be better: ${trained} it has a loss of ${could[lead].toFixed(2)}.`);
  }
  if (p[lead] > limits.whole && sumOf(push.map(Math.abs)) / 2 < limits.still) {
    return told("wrong", `frozen. ${names[lead]} has ${percent(p[lead])}, and no push is as large as ${limits.still}. ${names[best]} would be better, but has no width.`);
  }
  const can = frame.learn ? "could reach" : "alone has";
  return told("wrong", `${names[lead]} leads with ${percent(p[lead])}, alone its loss is ${alone[lead].toFixed(2)}. `
    + `${names[best]} ${can} ${could[best].toFixed(2)}, but it has ${percent(p[best])} and a push of ${withSign(push[best])}.`);
}

function raceWords(frame, data) {
  const runners = frame.operations.map((name, o) => `${name} ${percent(frame.p[o])}, push ${withSign(frame.push[o])}`).join("; ");
  const adam = frame.adam ? ` Adam's steps add up to ${withSign(sumOf(frame.move))}.` : "";
  const filled = frame.fill ? " The areas above the level are poured into those below it: they just fill them." : "";
  return `The race of alpha, ${frame.race}. ${verdict(frame, data).text} Mixing weights and pushes: ${runners}. `
    + `All pushes add up to ${withSign(sumOf(frame.push))}.${adam}${filled}`;
}

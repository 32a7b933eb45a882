// Every candidate runs in short slices, in turn, so that ratios survive a noisy machine; CPU time, so that being descheduled does not count.
const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
let sink = 0;

/** Prints operations per CPU second; `ratio` is the median of the per-round ratios to the first case, `best` that of the fastest rounds. */
export function compare(title, cases, { rounds = 11, sliceMs = 60 } = {}) {
  const names = Object.keys(cases);
  const rates = Object.fromEntries(names.map((name) => [name, []]));
  const slice = (run, ms) => {
    const until = performance.now() + ms;
    let count = 0;
    const before = process.cpuUsage();
    while (performance.now() < until) {
      for (let i = 0; i < 50; i += 1) sink ^= run(i) ? 1 : 0;
      count += 50;
    }
    const { user, system } = process.cpuUsage(before);
    return count / ((user + system) / 1e6);
  };
  for (const name of names) slice(cases[name], 200);
  for (let round = 0; round < rounds; round += 1) for (const name of names) rates[name].push(slice(cases[name], sliceMs));
  const base = names[0];
  console.log(`# ${title}: operations per CPU second, ratio to "${base}"`);
  const result = {};
  for (const name of names) {
    const ratio = median(rates[name].map((rate, i) => rate / rates[base][i]));
    const best = Math.max(...rates[name]) / Math.max(...rates[base]);
    result[name] = { ops: Math.round(median(rates[name])), ratio, best };
    console.log(`  ${name.padEnd(44)} ${String(result[name].ops).padStart(10)}  ${ratio.toFixed(2)}  (best rounds ${best.toFixed(2)})`);
  }
  return result;
}

/** Both the median and the least disturbed rounds must pass. */
export function bar(title, { ratio, best }, least) {
  const passed = Math.min(ratio, best) >= least;
  console.log(`${passed ? 'ok  ' : 'FAIL'} ${title}: ${ratio.toFixed(2)}, best ${best.toFixed(2)}, bar ${least}`);
  if (!passed) process.exitCode = 1;
}
export const sunk = () => sink;

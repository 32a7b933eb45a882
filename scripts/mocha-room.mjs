// One package's tests in one process; tells the sums to its parent.
import Mocha from 'mocha';

const [kind, grep, ...files] = process.argv.slice(2);
const mocha = new Mocha({
  timeout: kind === 'test' ? 20_000 : 0,
  reporter: process.env.EVROAM_REPORTER ?? (kind === 'test' ? 'dot' : 'spec'),
  ...(grep ? { grep } : {}),
  // Whoever only asks whether something fails need not hear the rest.
  bail: process.env.EVROAM_BAIL === '1',
});
for (const file of files) mocha.addFile(file);
await mocha.loadFilesAsync();

const sum = { passed: 0, failed: 0, pending: 0, conformance: 0, conformancePending: 0 };
const isConformance = (test) => /[\\/]test[\\/]conformance[\\/]/.test(test.file ?? '');
mocha
  .run((failures) => {
    process.send?.({ ...sum, failed: failures }, () => process.exit(failures > 0 ? 1 : 0));
    if (!process.send) process.exit(failures > 0 ? 1 : 0);
  })
  .on('pass', (test) => {
    sum.passed += 1;
    if (isConformance(test)) sum.conformance += 1;
  })
  .on('fail', (test) => {
    if (isConformance(test)) sum.conformance += 1;
  })
  .on('pending', (test) => {
    sum.pending += 1;
    if (isConformance(test)) sum.conformancePending += 1;
  });

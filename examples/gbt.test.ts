import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

/** Runs an example to its end and gives what it printed. */
async function run(path: string): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL(path, import.meta.url))], { timeout: 15_000 });
  return stdout;
}

describe('the examples of the Chinese protocols', () => {
  it('a 云快充 pile logs in, charges and bills', async () => {
    const said = await run('./ykc-charger/platform.js');
    expect(said)
      .to.match(/logs in/)
      .and.to.match(/order 32010600019236\d+ starts/)
      .and.to.match(/bill 32010600019236\d+: \d+\.\d{4} kWh, \d+\.\d{4} CNY, appStop/);
  });

  it('a driver charges at a T/CEC 102 partner and the bill adds up', async () => {
    const said = await run('./tcec-partner/partner.js');
    expect(said)
      .to.match(/模拟充电站1: 3 guns/)
      .and.to.match(/from 000000: 0.3123 \+ 0.4/);
    const [, elec, service, total] = /electricity (\S+) \+ service (\S+) = (\S+) CNY/.exec(said) ?? [];
    expect(Math.round(Number(elec) * 100) + Math.round(Number(service) * 100)).to.equal(Math.round(Number(total) * 100));
  });
});

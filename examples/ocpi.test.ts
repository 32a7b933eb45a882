import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';

/** Runs an example to its end and gives what it printed. */
async function run(path: string, ...args: string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [fileURLToPath(new URL(path, import.meta.url)), ...args], {
    timeout: 30_000,
  });
  return stdout;
}

describe('the examples of OCPI', function () {
  this.timeout(40_000);

  it('a CPO registers, obeys a start, and bills', async () => {
    const said = await run('./cpo/cpo.js');
    expect(said)
      .to.match(/registered, OCPI 2\.2\.1/)
      .and.to.match(/read 3 locations/)
      .and.to.match(/the station said ACCEPTED/)
      .and.to.match(/1 CDR of 4\.4 EUR/);
  });

  it('an eMSP takes a registration, starts a session and checks the CDR', async () => {
    const said = await run('./emsp/emsp.js');
    expect(said)
      .to.match(/tariff T1: 0\.4 EUR/)
      .and.to.match(/start: ACCEPTED/)
      .and.to.match(/22 kWh, 8\.8 EUR/)
      .and.to.match(/CDR SIM-S1-CDR: \d+ bytes/);
  });

  it('a hub brings two platforms together', async () => {
    const said = await run('./hub/hub.js');
    expect(said)
      .to.match(/DEEXE -> NLSIM: GET locations/)
      .and.to.match(/NLSIM -> DEEXE: POST cdrs/)
      .and.to.match(/read 3 locations/)
      .and.to.match(/CDR of 11 kWh; to the CPO it is \/ocpi\/hub\//);
  });

  it('the OpenAPI documents are written', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    try {
      await run('./ocpi-openapi/write.js', folder);
      expect(readdirSync(folder)).to.have.length(5);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { ConfigError, readConfig } from './config.js';

describe('the configuration', () => {
  const faultsOf = (environment: NodeJS.ProcessEnv): ConfigError => {
    try {
      readConfig(environment);
    } catch (error) {
      if (error instanceof ConfigError) return error;
      throw error;
    }
    throw new Error('no fault was found');
  };

  it('needs nothing: an empty environment is a hub of its own in ./.data', () => {
    const config = readConfig({});
    expect(config).to.include({ dataDir: resolve('.data'), host: '127.0.0.1', logLevel: 'info', shutdownMs: 20_000 });
    expect(config).to.not.have.any.keys('databaseUrl', 'redisUrl', 'publicUrl', 'serverKey');
    expect(config.roles).to.deep.equal(['api', 'gateway', 'worker']);
    expect(config.warnings).to.deep.equal([]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ DATABASE_URL: '', EVROAM_PORT: '', EVROAM_ROLES: '' }).ports.http).to.equal(8080);
  });

  it('has TLS for stations with a certificate and its key, and names what does not fit together', () => {
    const at = (name: string) => fileURLToPath(new URL(`../../ocpp-core/test/certificates/${name}`, import.meta.url));
    const [EVROAM_OCPP_TLS_CERT, EVROAM_OCPP_TLS_KEY] = [at('server.pem'), at('server.key')];
    expect(readConfig({ EVROAM_OCPP_TLS_CERT, EVROAM_OCPP_TLS_KEY }).ocppTls)
      .to.have.keys('port', 'key', 'cert')
      .and.include({ port: 8443 });
    expect(readConfig({}).ocppTls).to.equal(undefined);
    const problems = (environment: NodeJS.ProcessEnv) => faultsOf(environment).faults.map(({ variable, problem }) => [variable, problem]);
    expect(problems({ EVROAM_OCPP_TLS_CERT })).to.deep.equal([['EVROAM_OCPP_TLS_KEY', 'needed beside EVROAM_OCPP_TLS_CERT']]);
    expect(problems({ EVROAM_OCPP_TLS_CERT, EVROAM_OCPP_TLS_KEY: at('station.key') })).to.deep.equal([
      ['EVROAM_OCPP_TLS_KEY', 'the key of another certificate than that in EVROAM_OCPP_TLS_CERT'],
    ]);
    expect(problems({ EVROAM_OCPP_TLS_CERT: at('README.md'), EVROAM_OCPP_TLS_KEY: at('nothing') })).to.deep.equal([
      ['EVROAM_OCPP_TLS_CERT', 'a PEM file: this one cannot be understood'],
      ['EVROAM_OCPP_TLS_KEY', 'a file that can be read (ENOENT)'],
    ]);
  });

  it('decides the two servers each alone', () => {
    const { databaseUrl, redisUrl } = readConfig({ DATABASE_URL: 'postgres://a:b@db/evroam' });
    expect(databaseUrl).to.equal('postgres://a:b@db/evroam');
    expect(redisUrl).to.equal(undefined);
  });

  it('names every fault at once, with the variable, the value, what is allowed and an example', () => {
    const error = faultsOf({ EVROAM_PORT: '70000', EVROAM_ROLES: 'api,cook', EVROAM_CLOCK: 'soon', EVROAM_LOG_LEVEL: 'loud' });
    expect(error.exitCode).to.equal(2);
    expect(error.faults.map(({ variable }) => variable).sort()).to.deep.equal([
      'EVROAM_CLOCK',
      'EVROAM_LOG_LEVEL',
      'EVROAM_PORT',
      'EVROAM_ROLES',
    ]);
    expect(error.message).to.include('EVROAM_PORT=70000\n    a whole number from 0 to 65535\n    for example: EVROAM_PORT=8080');
    expect(error.message).to.match(/a list, with commas, of api, gateway, worker/);
  });

  it('shows no secret in a fault', () => {
    const error = faultsOf({
      DATABASE_URL: 'mysql://root:hunter2@db/evroam',
      EVROAM_SERVER_KEY: 'hunter2',
      REDIS_URL: 'redis//:hunter2@x',
    });
    expect(error.faults).to.have.length(3);
    expect(error.faults[0]!.value).to.equal('mysql://***@db/evroam');
    expect(error.message).to.not.include('hunter2');
  });

  it('checks address ranges', () => {
    expect(readConfig({ EVROAM_OUTBOUND_ALLOW: '10.1.0.0/16, fd00::/8' }).outboundAllow).to.deep.equal(['10.1.0.0/16', 'fd00::/8']);
    expect(faultsOf({ EVROAM_OUTBOUND_ALLOW: '10.1.0.0' }).message).to.include('"10.1.0.0" is none');
    expect(faultsOf({ EVROAM_OUTBOUND_ALLOW: '10.1.0.0/33' }).message).to.include('is none');
  });

  it('warns of a setting that it does not know, since a slip would else go unseen', () => {
    expect(readConfig({ EVROAM_PROT: '1', EVROAM_SEED: '7' }).warnings).to.deep.equal([
      'EVROAM_PROT is set, and evroam knows no such setting',
    ]);
  });
});

import type { RunningHub } from '@evroam/platform';
import { defineCommand, text } from '../command.js';
import { failure } from '../errors.js';
import { EXIT } from '../exit.js';
import type { Io } from '../io.js';
import { safeJson } from '../output/safe.js';
import { formatOf, outputOptions } from '../output/show.js';

export const serve = defineCommand({
  about: { en: 'run a hub on this machine until Ctrl-C', zh: '在本机运行平台，直到 Ctrl-C' },
  args: '',
  options: {
    data: text('folder', { en: 'where the data is kept (EVROAM_DATA)', zh: '数据目录（EVROAM_DATA）' }),
    host: text('address', { en: 'the address to listen on (EVROAM_HOST)', zh: '监听地址（EVROAM_HOST）' }),
    port: text('number', { en: 'for OCPI and the admin API (EVROAM_PORT)', zh: 'OCPI 与管理接口端口（EVROAM_PORT）' }),
    ocppPort: text('number', { en: 'for charging stations (EVROAM_OCPP_PORT)', zh: '充电站端口（EVROAM_OCPP_PORT）' }),
    roles: text('a,b', {
      en: 'what this node does: api, gateway, worker (EVROAM_ROLES)',
      zh: '本节点角色：api、gateway、worker（EVROAM_ROLES）',
    }),
    logLevel: text('level', { en: 'how much the log tells (EVROAM_LOG_LEVEL)', zh: '日志级别（EVROAM_LOG_LEVEL）' }),
    output: outputOptions.output,
  },
  examples: [
    { run: 'evroam serve', about: { en: 'all in .data, nothing else needed', zh: '数据在 .data，无需其他服务' } },
    {
      run: 'evroam serve --data /srv/evroam --port 8080 -o json',
      about: { en: 'another folder; the addresses as JSON', zh: '其他目录；以 JSON 输出地址' },
    },
  ],
  async run({ options, io }) {
    const { ConfigError, readConfig, startHub } = await import('@evroam/platform');
    const environment = {
      ...io.environment.all,
      ...given('EVROAM_DATA', options.data),
      ...given('EVROAM_HOST', options.host),
      ...given('EVROAM_PORT', options.port),
      ...given('EVROAM_OCPP_PORT', options.ocppPort),
      ...given('EVROAM_ROLES', options.roles),
      ...given('EVROAM_LOG_LEVEL', options.logLevel),
    };
    let hub: RunningHub;
    try {
      hub = await startHub(readConfig(environment), {
        onStep: (step) => {
          process.send?.({ step });
          if (!process.send) io.talk(`· ${step}`);
        },
      });
    } catch (error) {
      if (error instanceof ConfigError) throw failure('bad-input', { why: error.message }, { cause: error });
      if (isInUse(error)) throw failure('in-use', { why: error.message }, { cause: error });
      throw error;
    }
    const { adminKey, addresses } = hub;
    if (process.send) process.send({ ready: { adminKey, addresses } });
    else if (formatOf(io, { ...NO_CHOICE, output: options.output }) === 'json') await io.out(`${safeJson(addresses)}\n`);
    else for (const [name, address] of Object.entries(addresses)) io.talk(`${name.padEnd(8)} ${address}`);
    await untilAsked(io);
    await hub.stop();
    return EXIT.done;
  },
});

const NO_CHOICE = { output: undefined, fields: undefined, query: undefined, sort: undefined, quiet: false };
const given = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value });

/** The folder or a port belongs to somebody else. */
const isInUse = (error: unknown): error is Error =>
  error instanceof Error && (error.name === 'FolderInUse' || ('code' in error && error.code === 'EADDRINUSE'));

/** Until a signal, or until whoever started this process is gone. */
function untilAsked(io: Io): Promise<void> {
  return new Promise((resolve) => {
    if (io.signal.aborted) resolve();
    io.signal.addEventListener('abort', () => resolve(), { once: true });
    process.once('disconnect', () => resolve());
  });
}

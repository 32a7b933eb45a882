import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { defineCommand } from '../command.js';
import { isRecord } from '../output/path.js';
import { outputOptions, showRecord } from '../output/show.js';

export const version = defineCommand({
  about: { en: 'versions of the command and of its packages', zh: '本命令及各软件包的版本' },
  args: '',
  options: outputOptions,
  examples: [
    { run: 'evroam version', about: { en: 'to put into a report', zh: '用于报告' } },
    { run: 'evroam version -o json --query evroam', about: { en: 'only the number', zh: '只看版本号' } },
  ],
  async run({ options, io }) {
    const packages = ['@evroam/ocpp-core', '@evroam/ocpi', '@evroam/gbt-adapter', '@evroam/platform'];
    const found: Record<string, string> = { evroam: await versionIn(new URL('../../package.json', import.meta.url)) };
    const require = createRequire(import.meta.url);
    for (const name of packages) {
      for (const folder of require.resolve.paths(name) ?? []) {
        const version = await versionIn(`${folder}/${name}/package.json`).catch(() => undefined);
        if (version !== undefined) {
          found[name] = version;
          break;
        }
      }
    }
    return showRecord(io, options, { ...found, node: process.versions.node, platform: `${process.platform} ${process.arch}` });
  },
});

async function versionIn(file: string | URL): Promise<string> {
  const value: unknown = JSON.parse(await readFile(file, 'utf8'));
  return isRecord(value) && typeof value.version === 'string' ? value.version : 'unknown';
}

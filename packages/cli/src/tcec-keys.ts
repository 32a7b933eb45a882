import { readFile } from 'node:fs/promises';
import type { Keys } from '@evroam/gbt-adapter/tcec102';
import { failure } from './errors.js';
import { isRecord } from './output/path.js';

/** The keys of a T/CEC 102 partner from a file: secrets are never arguments. */
export async function readKeys(file: string, option = '--keys'): Promise<Keys> {
  const { checkKeys, TcecError } = await import('@evroam/gbt-adapter/tcec102');
  const content = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw failure('file-unreadable', { file, why: error.code ?? error.message }, { cause: error });
  });
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw failure('bad-value', { name: option, value: file, why: 'JSON' }, { cause: error });
  }
  const given = isRecord(value) ? value : {};
  const part = (...names: string[]): string => {
    const found = names.map((name) => given[name]).find((each) => typeof each === 'string');
    if (typeof found !== 'string') throw failure('bad-value', { name: option, value: file, why: names[0] ?? '' });
    return found;
  };
  const keys = {
    operatorId: part('operatorId', 'OperatorID'),
    // Opening an envelope takes no operator secret.
    operatorSecret: typeof given.operatorSecret === 'string' ? given.operatorSecret : '-',
    sigSecret: part('sigSecret', 'SigSecret'),
    dataSecret: part('dataSecret', 'DataSecret'),
    dataSecretIV: part('dataSecretIV', 'DataSecretIV'),
  };
  try {
    checkKeys(keys);
  } catch (error) {
    if (error instanceof TcecError || error instanceof RangeError || error instanceof TypeError)
      throw failure('bad-value', { name: option, value: file, why: error.message }, { cause: error });
    throw error;
  }
  return keys;
}

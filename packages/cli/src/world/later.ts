import type { Admin } from '../admin.js';
import { isRecord } from '../output/path.js';

/**
 * The first moment after all that a hub has settled, when it has settled anything: on a database that outlived an earlier demo, time
 * must not go back, and a period that is closed takes no more.
 */
export async function afterAll(admin: Admin): Promise<Date | undefined> {
  const answer = await admin.ask('GET', '/admin/v1/settlement/periods');
  const periods = Array.isArray(answer) ? answer : isRecord(answer) && Array.isArray(answer.items) ? answer.items : [];
  const ends = periods.filter(isRecord).flatMap(({ name }) => {
    const [, year, month, day] = /^(\d{4})-(\d{2})(?:-(\d{2}))?$/.exec(String(name)) ?? [];
    if (year === undefined || month === undefined) return [];
    return [day === undefined ? Date.UTC(Number(year), Number(month), 1) : Date.UTC(Number(year), Number(month) - 1, Number(day) + 1)];
  });
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

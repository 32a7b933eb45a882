import { TcecError } from './errors.js';
import { LIMITS } from './stations.js';

/** One page of a list, as query_stations_info answers it: ItemSize counts all, PageNo starts at 1. T/CEC 102.2-2016 */
export function page<T>(
  items: readonly T[],
  { PageNo = 1, PageSize = 10 }: { PageNo?: number; PageSize?: number },
): { PageNo: number; PageCount: number; ItemSize: number; StationInfos: readonly T[] } {
  if (PageNo < 1 || PageSize < 1 || PageSize > LIMITS.stationsPerPage) {
    throw new TcecError('Parameters', `PageNo from 1 and PageSize from 1 to ${LIMITS.stationsPerPage}, not ${PageNo} and ${PageSize}`);
  }
  const start = (PageNo - 1) * PageSize;
  return {
    PageNo,
    PageCount: Math.ceil(items.length / PageSize),
    ItemSize: items.length,
    StationInfos: items.slice(start, start + PageSize),
  };
}

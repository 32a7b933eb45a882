/** Longitude and latitude in degrees, in this order. */
export type Position = readonly [longitude: number, latitude: number];

// The ellipsoid and constants that every published implementation of the GCJ-02 offset shares.
const A = 6378245.0;
const E2 = 0.006693421622965943;
const DEGREE = Math.PI / 180;
const BAIDU_TURNS = (Math.PI * 3000) / 180;
/** The inverse is iterated until a step is below this, about 1 cm. */
const CLOSE_DEG = 1e-7;
const MOST_STEPS = 10;
const BOX = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 } as const;

/**
 * Whether a position lies in the box around China outside which GCJ-02 equals WGS-84. The box holds neighbours too, and Hong Kong, Macau
 * and Taiwan, whose maps are not shifted: who knows the country decides by the country, and calls nothing here for another.
 */
export const isInChinaBox = ([lng, lat]: Position): boolean => lng >= BOX.west && lng <= BOX.east && lat >= BOX.south && lat <= BOX.north;

/** WGS-84 (GPS, OCPI) to GCJ-02 (AMap, Tencent, T/CEC 102). */
export function wgs84ToGcj02(position: Position): Position {
  if (!isInChinaBox(position)) return position;
  const [lng, lat] = position;
  const [dLng, dLat] = offset(position);
  return [lng + dLng, lat + dLat];
}

/** GCJ-02 to WGS-84, iterated: within 1e-6 degrees, where the usual single step is metres off. */
export function gcj02ToWgs84(position: Position): Position {
  return isInChinaBox(position) ? inverse(wgs84ToGcj02, position, position) : position;
}

/** GCJ-02 to BD-09 (Baidu). */
export function gcj02ToBd09([lng, lat]: Position): Position {
  const radius = Math.hypot(lng, lat) + 0.00002 * Math.sin(lat * BAIDU_TURNS);
  const angle = Math.atan2(lat, lng) + 0.000003 * Math.cos(lng * BAIDU_TURNS);
  return [radius * Math.cos(angle) + 0.0065, radius * Math.sin(angle) + 0.006];
}

/** BD-09 to GCJ-02, iterated likewise. */
export const bd09ToGcj02 = ([lng, lat]: Position): Position => inverse(gcj02ToBd09, [lng - 0.0065, lat - 0.006], [lng, lat]);

/** WGS-84 to BD-09. */
export const wgs84ToBd09 = (position: Position): Position => gcj02ToBd09(wgs84ToGcj02(position));

/** BD-09 to WGS-84. */
export const bd09ToWgs84 = (position: Position): Position => gcj02ToWgs84(bd09ToGcj02(position));

/** The position that `forward` takes to `target`: both offsets vary so slowly that the error itself is the next step. */
function inverse(forward: (position: Position) => Position, start: Position, target: Position): Position {
  let [x, y] = start;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    const [lng, lat] = forward([x, y]);
    const [errorLng, errorLat] = [lng - target[0], lat - target[1]];
    x -= errorLng;
    y -= errorLat;
    if (Math.abs(errorLng) < CLOSE_DEG && Math.abs(errorLat) < CLOSE_DEG) break;
  }
  return [x, y];
}

function offset([lng, lat]: Position): Position {
  const [x, y] = [lng - 105, lat - 35];
  const sine = (turns: number): number => Math.sin(turns * Math.PI);
  const common = (2 / 3) * (20 * sine(6 * x) + 20 * sine(2 * x));
  const north =
    -100 +
    2 * x +
    3 * y +
    0.2 * y * y +
    0.1 * x * y +
    0.2 * Math.sqrt(Math.abs(x)) +
    common +
    (2 / 3) * (20 * sine(y) + 40 * sine(y / 3)) +
    (2 / 3) * (160 * sine(y / 12) + 320 * sine(y / 30));
  const east =
    300 +
    x +
    2 * y +
    0.1 * x * x +
    0.1 * x * y +
    0.1 * Math.sqrt(Math.abs(x)) +
    common +
    (2 / 3) * (20 * sine(x) + 40 * sine(x / 3)) +
    (2 / 3) * (150 * sine(x / 12) + 300 * sine(x / 30));
  const magic = 1 - E2 * Math.sin(lat * DEGREE) ** 2;
  const root = Math.sqrt(magic);
  return [east / ((A / root) * Math.cos(lat * DEGREE) * DEGREE), north / (((A * (1 - E2)) / (magic * root)) * DEGREE)];
}

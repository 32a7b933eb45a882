import {
  bd09ToGcj02,
  bd09ToWgs84,
  gcj02ToBd09,
  gcj02ToWgs84,
  type Position,
  wgs84ToBd09,
  wgs84ToGcj02,
} from '@evroam/gbt-adapter/coordinates';
import { expect } from 'chai';
import { read, vectors } from './data.js';

interface Place {
  readonly name: string;
  readonly wgs84: Position;
  readonly gcj02: Position;
  readonly bd09: Position;
  readonly wgs84FromGcj02: Position;
}

const near = (ours: Position, theirs: Position, tolerance: number): void => {
  expect(ours[0]).to.be.closeTo(theirs[0], tolerance);
  expect(ours[1]).to.be.closeTo(theirs[1], tolerance);
};

vectors('coordinates', () => {
  const { vectors: places, tolerance_deg: tolerance } = read<{
    vectors: Place[];
    tolerance_deg: { forward: number; inverse_iterative: number };
  }>('coordinates.json');
  for (const { name, wgs84, gcj02, bd09, wgs84FromGcj02 } of places) {
    it(`${name} converts forwards and back`, () => {
      near(wgs84ToGcj02(wgs84), gcj02, tolerance.forward);
      near(gcj02ToBd09(gcj02), bd09, tolerance.forward);
      near(wgs84ToBd09(wgs84), bd09, tolerance.forward);
      near(gcj02ToWgs84(gcj02), wgs84FromGcj02, tolerance.inverse_iterative);
      near(bd09ToGcj02(bd09), gcj02, 1e-6);
      near(bd09ToWgs84(bd09), wgs84, 2e-6);
    });
  }
});

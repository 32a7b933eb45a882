import { type Clock, clockFromSetting } from '@evroam/platform/client';
import { readEnvironment } from '../config.js';

/** The time that every process of the world agrees on: EVROAM_CLOCK; the wall's without it. */
export const worldClock = (setting: string | undefined = readEnvironment().clock): Clock => clockFromSetting(setting);

import type { Branch } from '../command.js';
import { charger } from './sim/charger.js';
import { fleet } from './sim/fleet.js';
import { cpo, emsp, hub } from './sim/ocpi.js';
import { pile } from './sim/pile.js';
import { tcec } from './sim/tcec.js';

export const sim: Branch = {
  about: { en: 'simulated stations, piles and partners, over the real wire', zh: '模拟充电站、充电桩和合作伙伴（真实协议）' },
  commands: { charger, fleet, cpo, emsp, hub, pile, tcec },
};

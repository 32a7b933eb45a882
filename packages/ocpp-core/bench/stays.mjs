// A charger in a process of its own that stays connected while others storm, and answers commands.
import { Charger } from './charger.mjs';

const charger = new Charger(Number(process.argv[2]), 'STAYS', 'ocpp1.6');
await charger.connect();
process.send('connected');

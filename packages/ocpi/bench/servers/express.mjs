// Express 5 with express.json, a router, and res.json; no token, no check.

import http from 'node:http';
import express from 'express';
import { announce } from './announce.mjs';

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(express.json({ limit: '1mb' }));
const router = express.Router();
const answer = (_, response) => response.json({ status_code: 1000, status_message: 'Success', timestamp: new Date().toISOString() });
router.post('/2.2.1/receiver/cdrs', answer);
router.put('/2.2.1/receiver/locations/:country_code/:party_id/:location_id', answer);
router.patch('/2.2.1/receiver/locations/:country_code/:party_id/:location_id/:evse_uid', answer);
app.use('/ocpi', router);
announce(http.createServer(app));

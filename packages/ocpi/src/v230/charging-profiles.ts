// Charging profiles did not change since 2.2.1. OCPI 2.3.0, mod_charging_profiles
export * from '../v221/charging-profiles.js';

// The same answers for every server.
export const answerTo = (action) => {
  if (action === 'Heartbeat') return { currentTime: new Date().toISOString() };
  if (action === 'BootNotification') return { currentTime: new Date().toISOString(), interval: 300, status: 'Accepted' };
  return {};
};
export const port = Number(process.argv[2]);

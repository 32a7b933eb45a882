// Listens on any port of loopback and tells the parent process.
export const success = () => JSON.stringify({ status_code: 1000, status_message: 'Success', timestamp: new Date().toISOString() });
export const settings = JSON.parse(process.argv[2] ?? '{}');
export function announce(server) {
  server.listen({ port: 0, host: '127.0.0.1', backlog: 4096 }, () => process.send({ origin: `http://127.0.0.1:${server.address().port}` }));
}
// Ends with the process that started it.
process.on('disconnect', () => process.exit(0));

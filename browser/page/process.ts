/** What packages written for Node expect of it. */
export default { env: {}, platform: 'browser', cwd: () => '/', nextTick: (f: () => void) => setTimeout(f) };

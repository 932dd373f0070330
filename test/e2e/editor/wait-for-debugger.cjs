// An editor attaches like this to each process that it starts: by `NODE_OPTIONS=--require`, in its main thread alone.
// (`--inspect-brk` also halts the thread in which tsx compiles, which nobody lets go on.)
if (require('node:worker_threads').isMainThread) require('node:inspector').open(0, '127.0.0.1', true);

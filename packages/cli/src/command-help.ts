// What `--help` prints, and what stands under a command that was called wrongly.

export const help = {
  causeway: `Usage: causeway <command> [options]

  serve     run a relay: log, fan-out, audit and, with --site, the app's own page
  inspect   print a document's log, its cases and who wrote how much

causeway <command> --help tells more.`,

  serve: `Usage: causeway serve --data <folder> [options]

  --data <folder>    the log; made if there is none
  --app <module>     exports the app (defineApp): without one, nothing is audited
  --port <n>         default 8787; 0 takes any that is free
  --host <address>   default 127.0.0.1; only this machine's own addresses
  --site <folder>    files to serve over HTTP
  --origin <origin>  allow pages of this origin to connect; may be repeated

It prints one line when it listens, and stops on Ctrl-C.`,

  inspect: `Usage: causeway inspect <data> <document> [--json]

  <data>        the folder that a relay writes; it may be running
  <document>    a document's id
  --json        print JSON instead of a table`,
} as const;

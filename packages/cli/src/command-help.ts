// What `--help` prints, and what stands under a command that was called wrongly.

export const help = {
  causeway: `Usage: causeway <command> [options]

  serve     run a relay: log, fan-out, audit and, with --site, the app's own page
  inspect   print a document's log, its cases and who wrote how much
  audit     replay a document's log, and say whether it is what its app finds
  policy    print what an app may do while cut off, cell by cell, and why

causeway <command> --help tells more.`,

  serve: `Usage: causeway serve --data <folder> [options]

  --data <folder>    the log; made if there is none
  --app <module>     exports the app (defineApp), or its primary (definePrimary) where
                     there are effects to perform: without one, nothing is audited
  --app-previous <module>
                     an earlier version, for what was done with it; may be repeated
  --clients-audit    without --app: believe what clients with an auditor say that the audit
                     found; for teams that trust each other
  --port <n>         default 8787; 0 takes any that is free
  --host <address>   default 127.0.0.1; only this machine's own addresses
  --site <folder>    files to serve over HTTP
  --origin <origin>  allow pages of this origin to connect; may be repeated

It prints one line when it listens, and stops on Ctrl-C.`,

  inspect: `Usage: causeway inspect <data> <document> [--json]

  <data>        the folder that a relay writes; it may be running
  <document>    a document's id
  --json        print JSON instead of a table`,

  audit: `Usage: causeway audit <data> <document> [options]

  <data>             the folder that a relay writes; it may be running
  <document>         a document's id
  --app <module>     the app by whose rules the log was audited; default: the one that the relay ran last
  --app-previous <module>
                     an earlier version, for what was done with it; may be repeated
  --newer <module>   a newer version: also lists what rules that came with it would have found
  --json             print JSON instead of tables

Status 1 where what is recorded and what is found differ. What a version that is not loaded was judged by
is taken as recorded, and listed.`,

  policy: `Usage: causeway policy <app> [options]

  <app>              a module that exports the app (defineApp)
  --format <format>  text (default), markdown or html
  --replicas <n>     how many devices there may be: adds up what stand-in limits may cost

What the module prints while it loads goes to standard error.`,
} as const;

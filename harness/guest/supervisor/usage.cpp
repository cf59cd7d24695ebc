#include "harness/guest/supervisor/usage.hpp"

namespace squall::guest::supervisor {

std::string_view usage_of(std::string_view action) {
  if (action == "start")
    return "start <name>\t\tStart a process\n"
           "start <gname>:*\t\tStart all processes in a group\n"
           "start <name> <name>\tStart multiple processes or groups\n"
           "start all\t\tStart all processes";
  if (action == "stop")
    return "stop <name>\t\tStop a process\n"
           "stop <gname>:*\t\tStop all processes in a group\n"
           "stop <name> <name>\tStop multiple processes or groups\n"
           "stop all\t\tStop all processes";
  if (action == "restart")
    return "restart <name>\t\tRestart a process\n"
           "restart <gname>:*\tRestart all processes in a group\n"
           "restart <name> <name>\tRestart multiple processes or groups\n"
           "restart all\t\tRestart all processes\n"
           "Note: restart does not reread config files. For that, see reread and update.";
  if (action == "tail")
    return "tail [-f] <name> [stdout|stderr] (default stdout)\n"
           "Ex:\n"
           "tail -f <name>\t\tContinuous tail of named process stdout\n"
           "\t\t\tCtrl-C to exit.\n"
           "tail -100 <name>\tlast 100 *bytes* of process stdout\n"
           "tail <name> stderr\tlast 1600 *bytes* of process stderr";
  if (action == "signal")
    return "signal <signal name> <name>\t\tSignal a process\n"
           "signal <signal name> <gname>:*\t\tSignal all processes in a group\n"
           "signal <signal name> <name> <name>\tSignal multiple processes or groups\n"
           "signal <signal name> all\t\tSignal all processes";
  if (action == "fg")
    return "fg <process>\tConnect to a process in foreground mode\n"
           "\t\tCtrl-C to exit";
  return {};
}

std::string_view command_list() {
  return "\n"
         "default commands (type help <topic>):\n"
         "=====================================\n"
         "add    exit      open  reload  restart   start   tail   \n"
         "avail  fg        pid   remove  shutdown  status  update \n"
         "clear  maintail  quit  reread  signal    stop    version\n";
}

std::string_view command_line_help() {
  return "supervisorctl -- control applications run by supervisord from the cmd line.\n"
         "\n"
         "Usage: /usr/bin/supervisorctl [options] [action [arguments]]\n"
         "\n"
         "Options:\n"
         "-c/--configuration FILENAME -- configuration file path (searches if not given)\n"
         "-h/--help -- print usage message and exit\n"
         "-i/--interactive -- start an interactive shell after executing commands\n"
         "-s/--serverurl URL -- URL on which supervisord server is listening\n"
         "     (default \"http://localhost:9001\").\n"
         "-u/--username USERNAME -- username to use for authentication with server\n"
         "-p/--password PASSWORD -- password to use for authentication with server\n"
         "-r/--history-file -- keep a readline history (if readline is available)\n"
         "\n"
         "action [arguments] -- see below\n"
         "\n"
         "Actions are commands like \"tail\" or \"stop\".  If -i is specified or no action is\n"
         "specified on the command line, a \"shell\" interpreting actions typed\n"
         "interactively is started.  Use the action \"help\" to find out about available\n"
         "actions.\n"
         "\n";
}

std::string python_words(std::string error) {
  error.erase(0, error.find(": ") + 2);
  const std::size_t open = error.find('\''), close = error.find('\'', open + 1);
  if (open == std::string::npos || close == std::string::npos) return error;
  std::string option = error.substr(open + 1, close - open - 1);
  if (!option.starts_with('-')) option.insert(0, "-");
  if (error.find("requires an argument") != std::string::npos)
    return "option " + option + " requires argument";
  if (error.find("allow an argument") != std::string::npos)
    return "option " + option + " must not have an argument";
  const bool ambiguous = error.find("ambiguous") != std::string::npos;
  return "option " + option + (ambiguous ? " not a unique prefix" : " not recognized");
}

}  // namespace squall::guest::supervisor

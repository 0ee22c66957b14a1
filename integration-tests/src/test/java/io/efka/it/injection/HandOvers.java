package io.efka.it.injection;

import io.efka.it.injection.HandOver.When;
import java.util.ArrayList;
import java.util.List;

/** Places where a thread of the agent hands something over, or where others wait for what it does. */
final class HandOvers {
    private HandOvers() {}

    /**
     * Whether the agent may go on: Paho swallows what its callback for the end of a connection throws, and the link looks
     * by itself whether the connection is there. Everywhere else something would be left half done.
     */
    static boolean mayGoOn(HandOver place) {
        return place.place().equals("paho/Heard.disconnected");
    }

    static List<HandOver> all() {
        var all = new ArrayList<HandOver>();
        // threads, pools, mailboxes, timers
        load(all, "threads.TaskPool$Task.run", "agent-worker");
        load(all, "threads.TaskPool$Task.run", "agent-process");
        load(all, "threads.TaskPool$Task.run", "agent-launch");
        load(all, "threads.TaskPool$Task.run", "agent-check");
        load(all, "threads.TaskPool$Task.run", "efka-probe");
        load(all, "threads.TaskPool$Task.run", "efka-input");
        load(all, "threads.TaskPool.execute", "");
        load(all, "runtime.SerialExecutor.takeTurn", "agent-worker");
        load(all, "runtime.SerialExecutor.execute", "");
        load(all, "runtime.SerialExecutor.askForTurn", "");
        load(all, "runtime.SystemTimers.hand", "agent-timers");
        load(all, "runtime.SystemTimers.schedule", "");
        load(all, "threads.SelfCheck.look", "agent-self-check");
        load(all, "threads.ChildProcess.start", "");
        load(all, "cli.LogWriter.write", "");
        load(all, "cli.LogWriter.next", "agent-log");
        load(all, "cli.LogWriter.done", "agent-log");
        // the link
        load(all, "paho.Heard.messageArrived", "");
        load(all, "paho.Connection.arrived", "");
        load(all, "paho.Connection.acknowledge", "");
        load(all, "paho.Connection.send", "");
        load(all, "paho.Connection.look", "agent-mqtt");
        load(all, "paho.Inbox.deliver", "agent-mqtt");
        load(all, "paho.Outgoing.offer", "");
        load(all, "paho.Outgoing.settle", "agent-mqtt");
        load(all, "paho.Outgoing.learn", "agent-mqtt");
        load(all, "paho.Answers.problem", "");
        add(all, When.LINK_CUT, "paho.PahoThreads.afterExecute", "");
        add(all, When.LINK_CUT, "paho.Heard.disconnected", "");
        add(all, When.LINK_CUT, "paho.Connection.finish", "agent-mqtt");
        add(all, When.LINK_CUT, "paho.Connection.greeted", "agent-mqtt");
        add(all, When.LINK_CUT, "paho.Connection.ready", "agent-mqtt");
        add(all, When.LINK_CUT, "paho.Dialer.attempt", "");
        add(all, When.LINK_CUT, "paho.Outgoing.down", "agent-mqtt");
        add(all, When.LINK_CUT, "paho.PahoLink.pause", "agent-mqtt");
        add(all, When.LINK_CUT, "session.BrokerSession.announce", "");
        add(all, When.LINK_CUT, "session.DevicePresence.settled", "");
        add(all, When.LINK_CUT, "telemetry.RetainedStatuses.online", "");
        add(all, When.LINK_CUT, "output.Shipper.connection", "agent-output");
        add(all, When.LINK_CUT, "wire.Outbox.connected", "");
        load(all, "session.BrokerSession.handle", "");
        load(all, "wire.Outbox.settle", "");
        // commands
        load(all, "command.CommandRouter.received", "");
        load(all, "command.CommandRouter.take", "");
        load(all, "command.Intake.drain", "");
        load(all, "command.Dispatcher.admit", "");
        load(all, "command.Dispatcher.write", "");
        load(all, "command.Lanes.begin", "");
        load(all, "command.Execution.run", "");
        load(all, "command.Execution.conclude", "");
        load(all, "command.Execution.record", "");
        load(all, "command.Ledger.accept", "");
        load(all, "command.Ledger.finish", "");
        load(all, "command.Ledger.replied", "");
        load(all, "command.Replies.write", "");
        load(all, "command.LogsCommand.answer", "");
        load(all, "command.Installation.forget", "");
        // services
        load(all, "service.Supervisor.handle", "");
        load(all, "service.Supervisor.perform", "");
        load(all, "service.Supervisor.save", "");
        load(all, "service.Supervisor.publish", "");
        load(all, "service.Alarms.spend", "");
        // processes
        load(all, "os.Preparations.prepare", "agent-launch");
        load(all, "os.ProcessLauncher.launchNow", "agent-launch");
        load(all, "os.ProcessLauncher.mainEnded", "");
        load(all, "os.Exits.tell", "");
        load(all, "os.Shells.prepare", "");
        load(all, "os.Spawner.execute", "agent-launch");
        load(all, "os.EndWatch.look", "");
        load(all, "os.Runs.end", "");
        load(all, "os.LaunchAnswer.claim", "");
        load(all, "os.Probes.command", "");
        load(all, "os.Question.answer", "");
        load(all, "os.SideProcess.end", "");
        load(all, "os.Signaller.send", "");
        load(all, "os.InputWriter.tryWrite", "efka-input");
        // output
        load(all, "output.Shipper.turn", "agent-output");
        load(all, "output.Shipper.settle", "agent-output");
        load(all, "output.Publisher.publish", "agent-output");
        load(all, "output.Checkpoints.save", "agent-output");
        load(all, "output.FolderWatch.take", "agent-output-watch");
        load(all, "output.LogQueries.answer", "agent-logs");
        load(all, "output.LogQueries.read", "");
        // the channel
        load(all, "channel.ChannelThread.handle", "agent-channel");
        load(all, "channel.ChannelThread.welcome", "agent-channel");
        load(all, "channel.Conversation.line", "agent-channel");
        load(all, "channel.Rendezvous.ended", "");
        load(all, "channel.Configurations.keep", "");
        // the state
        load(all, "mapdb.Commits.write", "");
        load(all, "mapdb.Commits.finish", "");
        load(all, "mapdb.Commits.soon", "");
        load(all, "mapdb.Journal.append", "");
        load(all, "mapdb.StateStore.flush", "agent-state");
        // telemetry
        load(all, "telemetry.RetainedDocument.pump", "");
        load(all, "telemetry.RetainedDocument.message", "");
        load(all, "telemetry.RetainedDocument.acknowledged", "");
        load(all, "telemetry.RetainedStatuses.received", "");
        load(all, "telemetry.OverwriteDetector.look", "");
        load(all, "telemetry.EventPublisher.send", "");
        load(all, "telemetry.DataPublisher.publish", "");
        load(all, "telemetry.DataPublisher.settle", "");
        load(all, "telemetry.Rounds.once", "");
        // start and end
        for (String place : List.of(
                "Agent.startParts",
                "Parts.start",
                "mapdb.Opening.of",
                "Census.take",
                "os.Adoption.adopt",
                "command.CommandRouter.recover",
                "cli.JvmSignals.take")) add(all, When.AT_START, place, "");
        for (String place : List.of(
                "Agent.close",
                "Parts.stop",
                "Parts.farewell",
                "service.Services.stop",
                "session.BrokerSession.end",
                "output.Shipper.close",
                "mapdb.StateStore.checkpoint",
                "mapdb.Commits.roll",
                "cli.Termination.end")) add(all, When.AT_END, place, "");
        return List.copyOf(all);
    }

    private static void load(List<HandOver> all, String place, String thread) {
        add(all, When.UNDER_LOAD, place, thread);
    }

    private static void add(List<HandOver> all, When when, String place, String thread) {
        all.add(HandOver.of(place, thread, when));
    }
}

package io.efka.agent;

import ch.qos.logback.classic.BasicConfigurator;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.core.spi.ContextAwareBase;

/**
 * Keeps the log of tests quiet: many of them provoke what an operator should see. {@code -Defka.test.log=INFO} lets it
 * speak. Ranked above the agent's own set-up.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_TOP_PRIORITY + 1)
public final class QuietLogging extends ContextAwareBase implements Configurator {
    @Override
    public ExecutionStatus configure(LoggerContext context) {
        var basic = new BasicConfigurator();
        basic.setContext(context);
        basic.configure(context);
        context.getLogger(Logger.ROOT_LOGGER_NAME)
                .setLevel(Level.toLevel(System.getProperty("efka.test.log"), Level.OFF));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }
}

package io.efka.agent.app;

import ch.qos.logback.classic.BasicConfigurator;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

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
        Level least = Level.toLevel(System.getProperty("efka.test.log"), Level.OFF);
        context.getLogger(Logger.ROOT_LOGGER_NAME).setLevel(least);
        context.addTurboFilter(new Below(least));
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Holds back what is too little to tell, also when what is tested has set the level, as {@code efka run} does. */
    private static final class Below extends TurboFilter {
        private final Level least;

        Below(Level least) {
            this.least = least;
        }

        @Override
        public FilterReply decide(
                @Nullable Marker marker,
                Logger logger,
                Level level,
                @Nullable String format,
                Object @Nullable [] values,
                @Nullable Throwable thrown) {
            return level.isGreaterOrEqual(least) ? FilterReply.NEUTRAL : FilterReply.DENY;
        }
    }
}

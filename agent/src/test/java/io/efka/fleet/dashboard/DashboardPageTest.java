package io.efka.fleet.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardPageTest {
    private static final String PAGE = """
            <head><meta name="efka-broker" content=""><meta name="efka-prefix" content="efka"></head>
            <script>"content=" + 'efka'</script>
            """;

    @Test
    void thePageOfThisBuildTakesBothValuesAndIsOtherwiseAsItWas() {
        String page = DashboardPage.of("ws://broker:9001/mqtt", "plant/efka");

        assertThat(content(page, "efka-broker")).isEqualTo("ws://broker:9001/mqtt");
        assertThat(content(page, "efka-prefix")).isEqualTo("plant/efka");
        assertThat(page.replace("ws://broker:9001/mqtt", "").replace("plant/efka", "efka"))
                .isEqualTo(DashboardPage.of("", "efka"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"><script>alert(1)</script>",
                "' onload='x",
                "&quot;><b>",
                "<meta name=\"efka-prefix\" content=\"",
                "$1\\0${x}",
                "é\u202e\n"
            })
    void noValueLeavesItsAttribute(String hostile) {
        String page = DashboardPage.filled(PAGE, hostile, hostile);

        assertThat(content(page, "efka-broker")).isEqualTo(hostile);
        assertThat(content(page, "efka-prefix")).isEqualTo(hostile);
        assertThat(page.chars().filter(c -> c == '<'))
                .hasSameSizeAs(PAGE.chars().filter(c -> c == '<').boxed().toList());
        assertThat(page).endsWith(PAGE.substring(PAGE.indexOf("\"></head>")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<meta name=\"efka-broker\" content=\"\">", "<meta name=\"efka-prefix\" content=\"efka\">"})
    void aPageThatCannotBeFilledIsAFault(String tag) {
        assertThatThrownBy(() -> DashboardPage.filled(PAGE.replace(tag, ""), "ws://x", "efka"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> DashboardPage.filled(PAGE + tag, "ws://x", "efka"))
                .isInstanceOf(IllegalStateException.class);
    }

    /** As a browser reads it. */
    private static String content(String page, String name) {
        Matcher tag = Pattern.compile("<meta name=\"" + name + "\" content=\"([^\"]*)\">")
                .matcher(page);
        assertThat(tag.find()).as(name).isTrue();
        return tag.group(1)
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
    }
}

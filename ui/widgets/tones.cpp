// SPDX-License-Identifier: MIT
#include "ui/widgets/tones.h"

#include <cmath>

namespace reverxy::ui {

QColor blend(const QColor& under, const QColor& over, double share) {
    const auto mix = [share](int from, int to) {
        return static_cast<int>(std::lround(from + (to - from) * share));
    };
    return {mix(under.red(), over.red()), mix(under.green(), over.green()), mix(under.blue(), over.blue())};
}

Tones tonesOf(const QPalette& palette) {
    Tones tones;
    const QColor window = palette.color(QPalette::Window);
    const QColor base = palette.color(QPalette::Base);
    tones.text = palette.color(QPalette::WindowText);
    tones.dark = window.lightness() < tones.text.lightness();
    tones.muted = blend(window, tones.text, tones.dark ? 0.66 : 0.70);
    tones.hairline = blend(window, tones.text, tones.dark ? 0.16 : 0.14);
    tones.panel = blend(window, base, 0.5);
    tones.accent = palette.color(QPalette::Highlight);
    tones.sheer = base;

    const auto tone = [&tones](const char* light, const char* dark) {
        return QColor(QLatin1String(tones.dark ? dark : light));
    };
    tones.good = tone("#1a8f63", "#3fc494");
    tones.caution = tone("#b26a00", "#f0ad4a");
    tones.bad = tone("#c8401f", "#ff7a52");
    tones.badText = tone("#b0330f", "#ff9270");
    tones.idle = tone("#7a7f87", "#8d939c");
    tones.outcome = {
        tone("#2f7fc1", "#4590d2"), // success: blue, since it fills most of a plot
        tone("#3fb7b0", "#63d6cd"), // cache hit
        tone("#d99a00", "#f2bf4b"), // client error
        tone("#a269b8", "#c792dd"), // throttled
        tone("#d2491f", "#ff7a52"), // upstream error
        tone("#8c1d40", "#ff4f7f"), // proxy error
        tone("#878d96", "#979da7"), // client gone
    };
    return tones;
}

QColor Tones::of(Mark mark) const {
    switch (mark) {
    case Mark::Good:
        return good;
    case Mark::Partial:
    case Mark::Warning:
    case Mark::Draining:
        return caution;
    case Mark::Bad:
        return bad;
    case Mark::Running:
    case Mark::Pending:
        return accent;
    case Mark::Success:
        return of(api::Outcome::Success);
    case Mark::CacheHit:
        return of(api::Outcome::CacheHit);
    case Mark::ClientError:
        return of(api::Outcome::ClientError);
    case Mark::Throttled:
        return of(api::Outcome::Throttled);
    case Mark::UpstreamError:
        return of(api::Outcome::UpstreamError);
    case Mark::ProxyError:
        return of(api::Outcome::ProxyError);
    case Mark::ClientGone:
        return of(api::Outcome::ClientGone);
    case Mark::None:
    case Mark::Unknown:
    case Mark::Off:
        break;
    }
    return idle;
}

} // namespace reverxy::ui

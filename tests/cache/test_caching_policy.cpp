// SPDX-License-Identifier: MIT
#include "cache/caching_policy.h"

#include "cache/parsed_heads.h"

using namespace reverxy;
using namespace reverxy::cache;
using namespace reverxy::test;

namespace {

QByteArray nameOf(PolicySource source) {
    switch (source) {
    case PolicySource::None:
        return "none";
    case PolicySource::CacheControl:
        return "general";
    case PolicySource::CdnCacheControl:
        return "cdn";
    case PolicySource::ReverxyCacheControl:
        return "reverxy";
    }
    return "?";
}

/// The source and what it says, in the words that the rows need.
QByteArray describe(const CachingPolicy& policy) {
    const ResponseDirectives& directives = policy.directives;
    QByteArray text = nameOf(policy.source);
    const auto seconds = [&text](const char* name, const SecondsDirective& value) {
        if (value.present)
            text += QByteArray(" ") + name + "=" + (value.valid ? QByteArray::number(value.seconds) : "invalid");
    };
    const auto flag = [&text](const char* name, bool set) {
        if (set)
            text += QByteArray(" ") + name;
    };
    seconds("max-age", directives.maxAge);
    seconds("s-maxage", directives.sMaxAge);
    seconds("swr", directives.staleWhileRevalidate);
    seconds("sie", directives.staleIfError);
    flag("no-store", directives.noStore);
    flag("no-cache", directives.noCache);
    flag("no-cache=fields", !directives.byNoCache.empty());
    flag("private", directives.isPrivate);
    flag("private=fields", !directives.byPrivate.empty());
    flag("public", directives.isPublic);
    flag("must-revalidate", directives.mustRevalidate);
    flag("proxy-revalidate", directives.proxyRevalidate);
    flag("must-understand", directives.mustUnderstand);
    flag("immutable", directives.immutable);
    return text;
}

} // namespace

class TestCachingPolicy : public QObject {
    Q_OBJECT
  private Q_SLOTS:

    void rfc9213_section_2_2_targetList_data() {
        QTest::addColumn<QByteArrayList>("fields");
        QTest::addColumn<QByteArray>("expected");
        const auto row = [](const char* name, const QByteArrayList& fields, const char* expected) {
            QTest::newRow(name) << fields << QByteArray(expected);
        };
        row("none", {}, "none");
        row("only the general field", {"Cache-Control: max-age=1"}, "general max-age=1");
        row("the general one is ignored", {"Cache-Control: no-store", "CDN-Cache-Control: max-age=2"},
            "cdn max-age=2");
        row("the most specific one counts",
            {"CDN-Cache-Control: max-age=2", "Reverxy-Cache-Control: max-age=3", "Cache-Control: max-age=1"},
            "reverxy max-age=3");
        row("of others' targets none counts", {"Surrogate-Control: max-age=9", "Example-Cache-Control: max-age=9"},
            "none");
        row("section 3.1: something unknown keeps Cache-Control out",
            {"Cache-Control: no-store", "CDN-Cache-Control: none"}, "cdn");

        row("section 2.1: empty", {"CDN-Cache-Control:", "Cache-Control: max-age=1"}, "general max-age=1");
        row("section 2.1: error at the end", {"CDN-Cache-Control: max-age=10000, &&&", "Cache-Control: no-store"},
            "general no-store");
        row("section 2.1: error in the second line",
            {"CDN-Cache-Control: max-age=10000", "CDN-Cache-Control: b=", "Cache-Control: no-store"},
            "general no-store");
        row("section 2.1: from one target to the next",
            {"Reverxy-Cache-Control: max-age=", "CDN-Cache-Control: max-age=5", "Cache-Control: no-store"},
            "cdn max-age=5");
        row("section 2.1: what was read before the error does not stay",
            {"Reverxy-Cache-Control: private, no-store, x=", "CDN-Cache-Control: max-age=5"}, "cdn max-age=5");
        row("section 2.1: a key is in small letters", {"CDN-Cache-Control: MaX-aGe=5"}, "none");
        row("section 2.1: space before =", {"CDN-Cache-Control: max-age =5"}, "none");
        row("section 2.1: space after =", {"CDN-Cache-Control: max-age= 5"}, "none");
        row("section 2.1: several lines", {"CDN-Cache-Control: max-age=5", "CDN-Cache-Control: private"},
            "cdn max-age=5 private");
        row("section 2.1: parameters are ignored", {"CDN-Cache-Control: max-age=5;x=\"no-store\";private"},
            "cdn max-age=5");

        row("each directive",
            {"CDN-Cache-Control: max-age=1, s-maxage=2, stale-while-revalidate=3, stale-if-error=4, no-store, "
             "no-cache, private, public, must-revalidate, proxy-revalidate, must-understand, immutable"},
            "cdn max-age=1 s-maxage=2 swr=3 sie=4 no-store no-cache private public must-revalidate "
            "proxy-revalidate must-understand immutable");
        row("names", {"CDN-Cache-Control: no-cache=\"a, b\", private=x-c"}, "cdn no-cache=fields private=fields");
        row("a list of names that is none", {"CDN-Cache-Control: private=\"a b\""}, "cdn private");
        row("the last of equal keys", {"CDN-Cache-Control: max-age=1, no-cache, max-age=600, no-cache=\"a\""},
            "cdn max-age=600 no-cache=fields");
        row("overflow", {"CDN-Cache-Control: max-age=999999999999999"}, "cdn max-age=2147483648");
        row("negative", {"CDN-Cache-Control: max-age=-1"}, "cdn max-age=invalid");
        row("text for a number", {"CDN-Cache-Control: max-age=\"10000\""}, "cdn max-age=invalid");
        row("decimal", {"CDN-Cache-Control: max-age=10000.0"}, "cdn max-age=invalid");
        row("no value", {"CDN-Cache-Control: max-age"}, "cdn max-age=invalid");
        row("restrictive of another type", {"CDN-Cache-Control: no-store=1, private=?0, must-revalidate=x"},
            "cdn no-store private must-revalidate");
        row("permissive of another type", {"CDN-Cache-Control: public=?0, immutable=1"}, "cdn");
    }

    void rfc9213_section_2_2_targetList() {
        QFETCH(QByteArrayList, fields);
        const ResponseOf response(fields);
        QTEST(describe(readCachingPolicy(response->fields)), "expected");
    }
};

QTEST_APPLESS_MAIN(TestCachingPolicy)
#include "test_caching_policy.moc"

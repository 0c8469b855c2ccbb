// SPDX-License-Identifier: MIT
#include "ui/pages/cache_page.h"

#include "ui/models/cache_count_model.h"
#include "ui/models/cache_entry_model.h"
#include "ui/models/cache_reader.h"
#include "ui/models/format.h"
#include "ui/pages/cache_purger.h"
#include "ui/widgets/elided_label.h"
#include "ui/widgets/empty_state.h"
#include "ui/widgets/filter_field.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/list_view.h"
#include "ui/widgets/meter.h"
#include "ui/widgets/splitter.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QMenu>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace reverxy::ui {

namespace {

using Way = CachePurger::Way;

constexpr int typingMs = 200;
// How long a list is left as it is: a short one is read again soon.
constexpr int shortList = 1000;
constexpr qint64 shortListMs = 1000;
constexpr qint64 longListMs = 6000;

QString columnsKey() {
    return QStringLiteral("cache/columns%1").arg(CacheColumn::Columns);
}

QString splitKey() {
    return QStringLiteral("cache/split");
}

uint64_t sumOf(const std::vector<api::CacheCount>& counts, bool goodOnly) {
    uint64_t sum = 0;
    for (const api::CacheCount& count : counts)
        sum += count.good || !goodOnly ? count.count : 0;
    return sum;
}

EmptyState::Content contentOf(const api::EngineSnapshot& snapshot, const QString& filter) {
    if (snapshot.state == api::EngineState::Stopped)
        return {Sign::Cache, QStringLiteral("Nothing is stored"), QStringLiteral("The engine is stopped."), {}, {}};
    if (!snapshot.cache.enabled)
        return {
            Sign::Cache,
            QStringLiteral("The cache is off"),
            QStringLiteral("Every request goes to a backend. To have responses stored and reused, write into the "
                           "configuration:"),
            QStringLiteral("cache:\n  enabled: true\n  max_size: 256MiB"),
            {}};
    if (!filter.isEmpty() && snapshot.cache.entries > 0)
        return {Sign::Search,
                QStringLiteral("No stored response matches the filter"),
                QStringLiteral("None has all of these words in its URL or in the fields it was chosen by."),
                {},
                QStringLiteral("Clear the filter")};
    return {
        Sign::Cache,
        QStringLiteral("Nothing is stored"),
        sumOf(snapshot.cache.responses, false) > 0
            ? QStringLiteral("Responses that may be reused are kept and listed here. Why others were not stored "
                             "is told below.")
            : QStringLiteral("Responses that may be reused are kept and listed here."),
        {},
        {}};
}

ListView* makeCountList(CacheCountModel* model, const QString& name, QWidget* parent) {
    auto* list = new ListView(parent);
    list->setModel(model);
    list->setAccessibleName(name);
    list->setRootIsDecorated(false);
    list->setColumns({QStringLiteral("    hit-stale-while-revalidate"), QStringLiteral("88,888,888"),
                      QStringLiteral(">99 %"), QString(60, QLatin1Char('m'))},
                     CacheCountColumn::Verdict);
    list->setColumnHidden(CacheCountColumn::Meaning, true); // told beside
    return list;
}

/// One of the counts in full.
QString accountOf(const api::CacheCount& count) {
    return QStringLiteral("<p><b>%1</b><br>%2</p>")
        .arg(count.name.toHtmlEscaped(), meaningOf(count).toHtmlEscaped());
}

/// What happens most of all that did not go well, by the model's order; -1: nothing.
int leadingRow(const CacheCountModel& model) {
    int leading = -1;
    for (int row = 0; row < model.rowCount(); ++row) {
        const api::CacheCount& count = model.rowAt(row);
        if (!count.good && (leading < 0 || count.count > model.rowAt(leading).count))
            leading = row;
    }
    return leading;
}

} // namespace

CachePage::CachePage(api::EngineControl& control, QWidget* parent)
    : QWidget(parent), m_reader(new CacheReader(control, this)), m_purger(new CachePurger(control, this)),
      m_model(new CacheEntryModel(this)), m_sorted(new QSortFilterProxyModel(this)),
      m_requests(new CacheCountModel(QStringLiteral("Requests"), this)),
      m_responses(new CacheCountModel(QStringLiteral("Responses"), this)),
      m_snapshot(std::make_shared<const api::EngineSnapshot>()),
      m_meter(new Meter(QStringLiteral("Memory of the cache"), this)), m_held(new QLabel(this)),
      m_summary(new ElidedLabel(this)), m_filter(new FilterField(this)), m_count(new QLabel(this)),
      m_soft(new QPushButton(QStringLiteral("&Soft purge"), this)),
      m_hard(new QPushButton(QStringLiteral("&Purge"), this)),
      m_more(new QPushButton(QStringLiteral("&More"), this)), m_list(new ListView(this)),
      m_empty(new EmptyState(this)), m_body(new QStackedWidget(this)), m_meaning(new QLabel(this)),
      m_counts(new Splitter(Qt::Horizontal, this)), m_split(new Splitter(Qt::Vertical, this)) {
    setBackgroundRole(QPalette::Base);
    setAutoFillBackground(true);
    makeList();
    makeActions();
    m_body->addWidget(m_empty);
    m_body->addWidget(m_list);
    m_body->setMinimumHeight(120);
    m_split->addWidget(m_body);
    makeCounts();
    m_split->addWidget(m_counts);
    m_split->setStretchFactor(0, 1);
    m_split->setSizes({420, 190});
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(makeHead());
    column->addWidget(makeBar());
    column->addWidget(m_split, 1);

    m_typing.setSingleShot(true);
    m_typing.setInterval(typingMs);
    connect(&m_typing, &QTimer::timeout, this, &CachePage::read);
    connect(m_empty, &EmptyState::acted, m_filter, &QLineEdit::clear);
    connect(m_reader, &CacheReader::begun, m_model, &CacheEntryModel::begin);
    connect(m_reader, &CacheReader::listed, this, [this](const api::CachePagePointer& page) {
        m_model->add(*page);
        refreshCount();
        refreshEmpty();
    });
    connect(m_reader, &CacheReader::ended, this, [this] {
        m_model->end();
        refreshCount();
        refreshEmpty();
        refreshButtons();
    });
    connect(m_purger, &CachePurger::finished, this, [this](const QString& message) {
        Q_EMIT told(message);
        read();
    });
    refreshHead();
    refreshMeaning();
    refreshEmpty();
    refreshButtons();
}

void CachePage::makeList() {
    m_sorted->setSourceModel(m_model);
    m_sorted->setSortRole(cacheSortRole);
    m_sorted->setSortCaseSensitivity(Qt::CaseInsensitive);
    m_list->setModel(m_sorted);
    m_list->setAccessibleName(QStringLiteral("Stored responses"));
    m_list->setRootIsDecorated(false);
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setSortingEnabled(true);
    m_list->sortByColumn(CacheColumn::Url, Qt::AscendingOrder);
    m_list->setColumns({QStringLiteral("http://host/path"), QStringLiteral("accept-encoding: gzip, br"),
                        QStringLiteral("888"), QStringLiteral("888.8 KiB"), QStringLiteral("88 min 88 s"),
                        QStringLiteral("stale 88 min 88 s"), QStringLiteral("888,888")},
                       CacheColumn::Url);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(m_list, &QWidget::customContextMenuRequested, this, &CachePage::showMenu);
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, &CachePage::refreshButtons);
}

void CachePage::makeActions() {
    const auto add = [this](const QString& text, const QKeySequence& key, auto act) {
        auto* action = new QAction(text, this);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        m_list->addAction(action);
        connect(action, &QAction::triggered, this, act);
        return action;
    };
    add(QStringLiteral("Purge"), QKeySequence(Qt::Key_Delete),
        [this] { m_purger->purgeKeys(selectedKeys(), Way::Hard); });
    add(QStringLiteral("Soft purge"), QKeySequence(Qt::SHIFT | Qt::Key_Delete),
        [this] { m_purger->purgeKeys(selectedKeys(), Way::Soft); });
    auto* menu = new QMenu(m_more);
    m_hostHard = menu->addAction(QString(), this, [this] { m_purger->purgeHost(selectedHost(), Way::Hard); });
    m_hostSoft = menu->addAction(QString(), this, [this] { m_purger->purgeHost(selectedHost(), Way::Soft); });
    menu->addSeparator();
    m_allHard = menu->addAction(QStringLiteral("Purge &everything…"), this,
                                [this] { m_purger->askToPurgeEverything(m_snapshot->cache.entries); });
    m_allSoft = menu->addAction(QStringLiteral("So&ft purge of everything"), this,
                                [this] { m_purger->purgeEverything(Way::Soft); });
    m_more->setMenu(menu);
    m_hard->setToolTip(QStringLiteral("Removes the selected responses with all their variants (Del)"));
    m_soft->setToolTip(QStringLiteral(
        "Has the selected responses validated before their next use; while backends fail they still serve "
        "(Shift+Del)"));
    m_more->setToolTip(QStringLiteral("Purge a whole host, or everything"));
    connect(m_hard, &QPushButton::clicked, this, [this] { m_purger->purgeKeys(selectedKeys(), Way::Hard); });
    connect(m_soft, &QPushButton::clicked, this, [this] { m_purger->purgeKeys(selectedKeys(), Way::Soft); });
}

QWidget* CachePage::makeHead() {
    auto* head = new QWidget(this);
    m_held->setTextFormat(Qt::PlainText);
    m_held->setFont(tabularFont(font()));
    m_summary->setFont(tabularFont(font()));
    auto* row = new QHBoxLayout(head);
    row->setContentsMargins(12, 10, 12, 10);
    row->setSpacing(12);
    row->addWidget(m_meter);
    row->addWidget(m_held);
    row->addStretch(1);
    row->addWidget(m_summary);
    m_summary->setCharacters(0, 12);
    return head;
}

QWidget* CachePage::makeBar() {
    auto* bar = new QWidget(this);
    bar->setBackgroundRole(QPalette::Window);
    bar->setAutoFillBackground(true);
    m_filter->setPlaceholderText(QStringLiteral("Filter by words of the URL"));
    m_filter->setToolTip(QStringLiteral(
        "All words have to be found in a URL or in the request fields that chose the response (Ctrl+F)"));
    m_filter->setAccessibleName(QStringLiteral("Filter stored responses"));
    m_filter->leadTo(*m_list);
    connect(m_filter, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    m_count->setFont(captionFont(font()));
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(12, 8, 12, 8);
    row->setSpacing(10);
    row->addWidget(m_filter, 1);
    row->addWidget(m_count);
    row->addWidget(m_soft);
    row->addWidget(m_hard);
    row->addWidget(m_more);
    return bar;
}

void CachePage::makeCounts() {
    m_requestList = makeCountList(m_requests, QStringLiteral("What the cache did with requests"), this);
    m_responseList = makeCountList(m_responses, QStringLiteral("Why responses were stored or not"), this);
    m_meaning->setTextFormat(Qt::RichText);
    m_meaning->setWordWrap(true);
    m_meaning->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_meaning->setContentsMargins(12, 8, 12, 8);
    m_meaning->setTextInteractionFlags(Qt::TextSelectableByMouse);
    for (QWidget* part : std::initializer_list<QWidget*>{m_requestList, m_responseList, m_meaning}) {
        m_counts->addWidget(part);
        m_counts->setStretchFactor(m_counts->count() - 1, 1);
    }
    m_counts->setSizes({360, 360, 360});
    m_counts->setMinimumHeight(110);
    // One of both lists tells what is told.
    for (const auto& [list, other] : {std::pair(m_requestList, m_responseList), {m_responseList, m_requestList}}) {
        connect(list->selectionModel(), &QItemSelectionModel::selectionChanged, this,
                [this, list = list, other = other] {
                    if (list->selectionModel()->hasSelection())
                        other->selectionModel()->clear();
                    refreshMeaning();
                });
    }
}

void CachePage::refreshMeaning() {
    QString text;
    for (const auto& [list, model] : {std::pair(m_requestList, m_requests), {m_responseList, m_responses}}) {
        const QModelIndexList selected = list->selectionModel()->selectedRows();
        if (!selected.isEmpty())
            text = accountOf(model->rowAt(selected.front().row()));
    }
    if (text.isEmpty()) {
        for (const CacheCountModel* model : {m_requests, m_responses}) {
            if (const int row = leadingRow(*model); row >= 0)
                text += accountOf(model->rowAt(row));
        }
    }
    if (text != m_meaning->text())
        m_meaning->setText(text);
    m_counts->setVisible(m_requests->rowCount() + m_responses->rowCount() > 0);
}

void CachePage::show(const api::SnapshotPointer& snapshot) {
    m_snapshot = snapshot;
    m_requests->show(snapshot->cache.requests);
    m_responses->show(snapshot->cache.responses);
    m_model->setNow(snapshot->taken);
    refreshHead();
    refreshCount();
    refreshMeaning();
    if (isWorthReading())
        read();
    refreshEmpty();
    refreshButtons();
}

bool CachePage::isWorthReading() const {
    if (!isVisible() || m_reader->isReading() || m_typing.isActive() || m_snapshot->cache == m_read)
        return false;
    const qint64 pause = m_model->rowCount() <= shortList ? shortListMs : longListMs;
    return !m_sinceRead.isValid() || m_sinceRead.elapsed() >= pause || m_snapshot->cache.entries == 0;
}

void CachePage::read() {
    m_typing.stop();
    m_read = m_snapshot->cache;
    m_sinceRead.start();
    if (m_read.entries > 0) {
        m_reader->read(m_filter->text());
        return;
    }
    m_sinceRead.invalidate(); // the first that is stored is shown at once
    m_reader->stop();
    m_model->clear();
    refreshCount();
    refreshEmpty();
}

void CachePage::refreshHead() {
    const api::CacheSnapshot& cache = m_snapshot->cache;
    m_meter->setValue(cache.bytes, cache.bytesLimit);
    QString held = QStringLiteral("%1 of %2").arg(sizeText(cache.bytes), sizeText(cache.bytesLimit));
    if (cache.bytesLimit < cache.bytesConfigured)
        held += QStringLiteral(" (memory is scarce: %1 are configured)").arg(sizeText(cache.bytesConfigured));
    m_held->setText(cache.enabled ? held : QString());
    m_meter->setVisible(cache.enabled);
    QStringList parts{countedText(cache.entries, QStringLiteral("response"))};
    if (const uint64_t requests = sumOf(cache.requests, false); requests > 0)
        parts << QStringLiteral("%1 of requests answered by the cache")
                     .arg(percentText(sumOf(cache.requests, true), requests));
    if (cache.fills > 0)
        parts << QStringLiteral("%1 being received").arg(countText(cache.fills));
    if (cache.evictions > 0)
        parts << QStringLiteral("%1 had to leave for others").arg(countText(cache.evictions));
    m_summary->setText(cache.enabled ? parts.join(QStringLiteral("   ·   ")) : QString());
}

void CachePage::refreshCount() {
    const auto listed = static_cast<uint64_t>(m_model->rowCount());
    const uint64_t all = m_snapshot->cache.entries;
    QString text;
    if (m_reader->isReading() && m_reader->looked() > CacheReader::capacity)
        text = QStringLiteral("%1 found, looking…").arg(countText(listed));
    else if (m_reader->isCut())
        text = m_filter->text().isEmpty()
                   ? QStringLiteral("the first %1 of %2").arg(countText(listed), countText(all))
                   : QStringLiteral("the first %1 that match").arg(countText(listed));
    else if (!m_filter->text().isEmpty())
        text = QStringLiteral("%1 of %2").arg(countText(listed), countText(all));
    m_count->setText(text);
    m_count->setToolTip(m_reader->isCut() ? QStringLiteral("More than these match. Filter to find others.")
                                          : QString());
}

void CachePage::refreshEmpty() {
    const bool empty = m_model->rowCount() == 0;
    if (empty)
        m_empty->setContent(contentOf(*m_snapshot, m_filter->text()));
    m_body->setCurrentWidget(empty ? static_cast<QWidget*>(m_empty) : m_list);
}

void CachePage::refreshButtons() {
    const bool selected = m_list->selectionModel()->hasSelection();
    m_hard->setEnabled(selected);
    m_soft->setEnabled(selected);
    const bool any = m_snapshot->cache.entries > 0;
    m_more->setEnabled(any);
    m_allHard->setEnabled(any);
    m_allSoft->setEnabled(any);
    const QString host = selectedHost();
    m_hostHard->setEnabled(!host.isEmpty());
    m_hostSoft->setEnabled(!host.isEmpty());
    const QString shown = host.isEmpty() ? QStringLiteral("the selected host") : host;
    m_hostHard->setText(QStringLiteral("Purge %1").arg(shown));
    m_hostSoft->setText(QStringLiteral("Soft purge of %1").arg(shown));
}

std::vector<uint64_t> CachePage::selectedKeys() const {
    std::vector<uint64_t> keys;
    for (const QModelIndex& index : m_list->selectionModel()->selectedRows()) {
        const uint64_t key = m_model->entryAt(m_sorted->mapToSource(index).row()).key;
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            keys.push_back(key);
    }
    return keys;
}

QString CachePage::selectedHost() const {
    const QModelIndexList selected = m_list->selectionModel()->selectedRows();
    return selected.isEmpty() ? QString()
                              : hostOf(m_model->entryAt(m_sorted->mapToSource(selected.front()).row()).url);
}

void CachePage::showMenu(const QPoint& position) {
    const QModelIndex index = m_list->indexAt(position);
    if (!index.isValid())
        return;
    const QString url = m_model->entryAt(m_sorted->mapToSource(index).row()).url; // the row may leave meanwhile
    QMenu menu(this);
    connect(menu.addAction(QStringLiteral("Copy URL")), &QAction::triggered, this,
            [&url] { QGuiApplication::clipboard()->setText(url); });
    connect(menu.addAction(QStringLiteral("Show only %1").arg(hostOf(url))), &QAction::triggered, this,
            [this, &url] { m_filter->setText(QStringLiteral("://") + hostOf(url) + QLatin1Char('/')); });
    menu.addSeparator();
    menu.addActions(m_list->actions());
    menu.addSeparator();
    menu.addAction(m_hostHard);
    menu.addAction(m_hostSoft);
    menu.exec(m_list->viewport()->mapToGlobal(position));
}

void CachePage::beginFilter() {
    m_filter->begin();
}

void CachePage::showEvent(QShowEvent* event) {
    QWidget::showEvent(event);
    read();
}

void CachePage::saveTo(QSettings& settings) const {
    settings.setValue(columnsKey(), m_list->columnState());
    settings.setValue(splitKey(), m_split->saveState());
}

void CachePage::restoreFrom(const QSettings& settings) {
    m_list->restoreColumns(settings.value(columnsKey()).toByteArray());
    m_split->restoreState(settings.value(splitKey()).toByteArray());
}

} // namespace reverxy::ui

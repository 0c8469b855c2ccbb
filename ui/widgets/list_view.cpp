// SPDX-License-Identifier: MIT
#include "ui/widgets/list_view.h"

#include "ui/widgets/cell_delegate.h"
#include "ui/widgets/fonts.h"
#include "ui/widgets/list_style.h"

#include <QEvent>
#include <QHeaderView>
#include <QMenu>

#include <algorithm>

namespace reverxy::ui {

namespace {
constexpr int leastCharacters = 26; // of the column that takes what room is left
} // namespace

ListView::ListView(QWidget* parent) : QTreeView(parent) {
    setUniformRowHeights(true);
    setSelectionBehavior(SelectRows);
    setSelectionMode(SingleSelection);
    setAllColumnsShowFocus(true);
    setFrameShape(NoFrame);
    setTextElideMode(Qt::ElideRight);
    setVerticalScrollMode(ScrollPerItem);
    setHorizontalScrollMode(ScrollPerPixel);
    setItemDelegate(new CellDelegate(this));
    setFont(tabularFont(font()));
    auto* style = new ListStyle;
    style->setParent(this);
    setStyle(style);
    setHeader(new ListHeader(this));
    header()->setContextMenuPolicy(Qt::CustomContextMenu);
    connect(header(), &QWidget::customContextMenuRequested, this, &ListView::showColumnMenu);
    connect(header(), &QHeaderView::sectionResized, this,
            [this](int section, int, int width) { resized(section, width); });
}

void ListView::setColumns(const std::vector<QString>& widest, int stretched) {
    m_stretched = stretched;
    for (size_t i = 0; i < widest.size(); ++i) {
        const int column = static_cast<int>(i);
        const int title = static_cast<ListHeader*>(header())->titleWidth(column);
        header()->resizeSection(column, std::max(title, cellWidth(widest[i])));
    }
    m_leastStretched = QFontMetrics(font()).averageCharWidth() * leastCharacters;
    m_wantedStretched = std::max(m_leastStretched, cellWidth(widest[static_cast<size_t>(stretched)]));
    // QHeaderView's own stretching lets a section that finds no room be as wide as it last was.
    header()->setSectionResizeMode(stretched, QHeaderView::Fixed);
    fitStretched();
}

void ListView::setYielding(int column, const QString& least) {
    m_yielding = column;
    m_leastYielding = cellWidth(least);
    m_usualYielding = header()->sectionSize(column);
    fitStretched();
}

int ListView::cellWidth(const QString& text) const {
    return QFontMetrics(font()).horizontalAdvance(text) + 2 * ListStyle::margin + 8;
}

void ListView::resized(int section, int width) {
    if (m_fitting || section == m_stretched)
        return;
    // Hidden, it is 0 wide, and comes back as it was.
    if (section == m_yielding && width > 0)
        m_usualYielding = width;
    fitStretched();
}

void ListView::fitStretched() {
    if (m_stretched < 0 || m_stretched >= header()->count())
        return;
    const auto left = [this] { // for the stretched column
        return viewport()->width() - header()->length() + header()->sectionSize(m_stretched);
    };
    if (m_yielding >= 0 && !isColumnHidden(m_yielding)) {
        const int forBoth = left() + header()->sectionSize(m_yielding);
        const int least = std::min(m_leastYielding, m_usualYielding);
        resizeColumn(m_yielding, std::clamp(forBoth - m_wantedStretched, least, m_usualYielding));
    }
    resizeColumn(m_stretched, std::max(m_leastStretched, left()));
}

void ListView::resizeColumn(int column, int width) {
    m_fitting = true;
    header()->resizeSection(column, width);
    m_fitting = false;
}

QByteArray ListView::columnState() {
    // As it is where there is room.
    if (m_yielding >= 0 && !isColumnHidden(m_yielding))
        resizeColumn(m_yielding, m_usualYielding);
    QByteArray state = header()->saveState();
    fitStretched();
    return state;
}

void ListView::restoreColumns(const QByteArray& state) {
    const int columns = header()->count();
    if (state.isEmpty() || !header()->restoreState(state))
        return;
    // A stored header brings its own number of sections and modes with it.
    if (header()->count() == columns)
        header()->setSectionResizeMode(m_stretched, QHeaderView::Fixed);
    if (m_yielding >= 0 && !isColumnHidden(m_yielding))
        m_usualYielding = header()->sectionSize(m_yielding);
    fitStretched();
}

void ListView::resizeEvent(QResizeEvent* event) {
    QTreeView::resizeEvent(event);
    fitStretched();
}

void ListView::changeEvent(QEvent* event) {
    QTreeView::changeEvent(event);
    if (event->type() == QEvent::PaletteChange)
        viewport()->update();
}

void ListView::showColumnMenu(const QPoint& position) {
    QMenu menu(this);
    for (int column = 1; column < header()->count(); ++column) {
        QAction* action = menu.addAction(model()->headerData(column, Qt::Horizontal).toString());
        action->setCheckable(true);
        action->setChecked(!isColumnHidden(column));
        connect(action, &QAction::toggled, this, [this, column](bool shown) { setColumnHidden(column, !shown); });
    }
    menu.exec(header()->mapToGlobal(position));
}

} // namespace reverxy::ui

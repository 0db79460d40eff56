//! The functions of the state.

use model::vocabulary;

/// A function of the state, or of those it supervises.
#[vocabulary]
pub enum Function {
    /// Government as a whole. Cabinet of Ministers, head of government or the
    /// office that coordinates for it.
    Cabinet,
    /// Parliament. Ratification and lawmaking.
    Parliament,
    /// Foreign affairs. Depositaries, missions, notifications and reports to
    /// international bodies.
    ForeignAffairs,
    /// Justice. Drafting of laws, legal cooperation.
    Justice,
    /// Public prosecution. Prosecution and extradition.
    Prosecution,
    /// Interior and police. Police, criminal investigation, public order,
    /// forensics.
    Interior,
    /// National security service. Threat assessment, counter-terrorism,
    /// protection of secrets.
    SecurityService,
    /// Defence. Armed forces and military CBRN units.
    Defence,
    /// Emergency and civil protection. Civil protection, fire and rescue,
    /// crisis centre.
    Emergency,
    /// Customs and border guard. Both functions; a country may give them to
    /// two bodies.
    CustomsBorder,
    /// Health. Public health, surveillance, medical response, IHR.
    Health,
    /// Agriculture, veterinary and plant health. Includes pesticides and food
    /// chain.
    Agriculture,
    /// Biosafety and biosecurity authority. Laboratories, pathogens, living
    /// modified organisms.
    Biosafety,
    /// Environment. Chemicals and waste conventions, environmental monitoring.
    Environment,
    /// Nuclear and radiation regulator. Safety, security and safeguards, where
    /// one body holds them.
    NuclearRegulator,
    /// Authority designated under a chemicals treaty. CWC National Authority
    /// or Rotterdam designated national authority; may be different bodies.
    ChemicalAuthority,
    /// Industrial safety supervision. Hazardous facilities, technical
    /// supervision.
    IndustrialSafety,
    /// Industry, energy and mining. Sector ministries.
    Industry,
    /// Construction and land-use planning. Siting.
    Construction,
    /// Transport. Carriage of dangerous goods and nuclear material.
    Transport,
    /// Economy, trade and export control. Licensing of strategic goods, end-
    /// use checks, trade rules.
    TradeExportControl,
    /// Finance and financial intelligence. Budget, proliferation and terrorism
    /// financing.
    Finance,
    /// Science and research. Academies, research policy, expertise.
    Science,
    /// Education. Curricula, awareness, training.
    Education,
    /// Monitoring services. Weather, seismic and radiation background
    /// observation.
    Monitoring,
    /// Licence holders and operators. Not a state function; marks duties that
    /// operators carry out under supervision.
    Operator,
}
